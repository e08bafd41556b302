package dev.parley.assist.guard;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The sentences of a text, each with the mark and the blanks after it, so that joined they are the text again. */
final class Sentences {

    private static final Pattern SENTENCE = Pattern.compile("[^.!?。！？；;\\n]*(?:[.!?。！？；;\\n]+[\"”’)\\s]*|$)",
            Pattern.UNICODE_CHARACTER_CLASS);

    private Sentences() {}

    static List<String> of(String text) {
        return SENTENCE.matcher(protectedDots(text)).results().map(match -> text.substring(match.start(), match.end()))
                .filter(sentence -> !sentence.isEmpty()).toList();
    }

    /** A dot within a number or a name, such as 2.5 or example.org, ends no sentence. */
    private static String protectedDots(String text) {
        return text.replaceAll("(?<=[\\p{L}\\p{N}])\\.(?=[\\p{L}\\p{N}])", "\u2024");
    }

    static String map(String text, UnaryOperator<String> change) {
        var changed = new StringBuilder(text.length());
        for (var sentence : of(text)) changed.append(change.apply(sentence));
        return changed.toString();
    }
}
