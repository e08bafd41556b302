package dev.parley.assist.guard;

import dev.parley.assist.moderation.NormalizedWords;
import java.util.List;
import java.util.Set;

/**
 * Withholds an answer that repeats a long piece of the system prompt. What the prompt sets in quotation marks is meant to be said, and
 * does not count.
 */
public final class PromptLeakGuardrail implements Guardrail {

    /** Words in a row that are one too many, unless an assistant's file says otherwise; two Chinese characters count as a word. */
    public static final int WORDS = 12;

    private static final String QUOTED = "\"[^\"\\n]*\"|“[^”\\n]*”|「[^」\\n]*」|『[^』\\n]*』";

    private final int words;

    /** Withholds from this many words in a row. */
    public PromptLeakGuardrail(int words) {
        this.words = words;
    }

    @Override
    public String name() {
        return "prompt_leak";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.OUTPUT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        var prompt = words(turn.systemPrompt().replaceAll(QUOTED, " | "));
        var answer = words(text);
        var shared = longestShared(prompt, answer);
        if (shared < 2 * words) return Verdict.PASS;
        return new Verdict.Answer(
                turn.language().equals("zh") ? "抱歉，我不能透露我的设置。请问有什么可以帮您？" : "I cannot share how I was set up. What can I help you with?",
                "overlap", "The answer repeats " + shared / 2 + " words of the system prompt in a row.");
    }

    private static List<String> words(String text) {
        return NormalizedWords.of(text).stream().filter(word -> !word.equals(NormalizedWords.END)).toList();
    }

    /** The weight of the longest run of words that both have: the longest common substring, by rows. */
    private static int longestShared(List<String> a, List<String> b) {
        var longest = 0;
        var above = new int[b.size() + 1];
        for (var word : a) {
            var row = new int[b.size() + 1];
            for (int j = 0; j < b.size(); j++) {
                if (word.equals(b.get(j))) row[j + 1] = above[j] + weight(word);
                longest = Math.max(longest, row[j + 1]);
            }
            above = row;
        }
        return longest;
    }

    private static int weight(String word) {
        return Character.isIdeographic(word.codePointAt(0)) ? 1 : 2;
    }
}
