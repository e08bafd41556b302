package dev.parley.serve.chat.history;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A token of an answer.
 *
 * @param text of this token alone; where it holds a part of a character only, {@code U+FFFD} stands for it
 * @param logprob ln p; empty where it is not told, as by beam search
 * @param top the most likely tokens at its place, most likely first
 */
public record AnswerToken(int id, String text, OptionalDouble logprob, List<Alternative> top) {

    /** One whose probability is told. */
    public AnswerToken(int id, String text, double logprob, List<Alternative> top) {
        this(id, text, OptionalDouble.of(logprob), top);
    }

    /** One whose probability is not told. */
    public AnswerToken(int id, String text) {
        this(id, text, OptionalDouble.empty(), List.of());
    }

    /** A token that could have come. */
    public record Alternative(int id, String text, double logprob) {}

    /** The same as it can be kept: well-formed texts, and four digits, since more would fill the database and nobody could see them. */
    public AnswerToken clean() {
        var kept = logprob.isPresent() ? OptionalDouble.of(rounded(logprob.getAsDouble())) : logprob;
        return new AnswerToken(id, Texts.clean(text), kept,
                top.stream().map(t -> new Alternative(t.id(), Texts.clean(t.text()), rounded(t.logprob()))).toList());
    }

    /** To four digits; what is not finite becomes -9999. */
    public static double rounded(double number) {
        return Double.isFinite(number) ? Math.rint(number * 1e4) / 1e4 : -9999;
    }
}
