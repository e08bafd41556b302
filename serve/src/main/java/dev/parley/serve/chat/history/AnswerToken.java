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
}
