package dev.parley.assist.writing;

/**
 * A poem and how likely the model finds it.
 *
 * @param meanLogprob the mean of ln p of its tokens under the model itself, before any form, temperature or cut was applied
 */
public record Poem(String text, double meanLogprob, int tokens) {}
