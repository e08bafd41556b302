package dev.parley.jinja;

import java.util.Arrays;

/** Joins texts, each character keeping its source; charges the budget for each. */
final class TextBuilder {

    private final Budget budget;
    private final StringBuilder chars = new StringBuilder();
    private int[] runs = new int[8];
    private int used;

    TextBuilder(Budget budget) {
        this.budget = budget;
    }

    TextBuilder add(Text text) {
        for (int run = 0, from = 0; run < text.runCount(); from = text.runEnd(run), run++) {
            add(text.chars(), from, text.runEnd(run), text.runSource(run));
        }
        return this;
    }

    TextBuilder add(String text, int source) {
        return add(text, 0, text.length(), source);
    }

    /** What the language itself writes, such as a comma in a list. */
    TextBuilder add(String text) {
        return add(text, 0, text.length(), Source.TEMPLATE);
    }

    private TextBuilder add(String text, int from, int to, int source) {
        if (from == to) return this;
        budget.makeText((long) chars.length() + to - from, to - from);
        chars.append(text, from, to);
        if (used > 0 && runs[used - 1] == source) {
            runs[used - 2] = chars.length();
            return this;
        }
        if (used == runs.length) runs = Arrays.copyOf(runs, used * 2);
        runs[used++] = chars.length();
        runs[used++] = source;
        return this;
    }

    Text build() {
        return Text.of(chars.toString(), Arrays.copyOf(runs, used));
    }
}
