package dev.parley.serve.chat.history;

import java.util.List;

/**
 * A token of an answer.
 *
 * @param text of this token alone; where it holds a part of a character only, {@code U+FFFD} stands for it
 * @param logprob ln p
 * @param top the likeliest tokens at its place, likeliest first
 */
public record AnswerToken(int id, String text, double logprob, List<Alternative> top) {

    /** A token that could have come. */
    public record Alternative(int id, String text, double logprob) {}

    /** The same as it can be kept: well-formed texts, and four digits, since more would fill the database and nobody could see them. */
    public AnswerToken clean() {
        return new AnswerToken(id, Texts.clean(text), rounded(logprob),
                top.stream().map(t -> new Alternative(t.id(), Texts.clean(t.text()), rounded(t.logprob()))).toList());
    }

    /** To four digits; what is not finite becomes -9999. */
    public static double rounded(double number) {
        return Double.isFinite(number) ? Math.rint(number * 1e4) / 1e4 : -9999;
    }
}
