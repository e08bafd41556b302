package dev.parley.assist.writing;

import java.util.List;

/**
 * A poem and how likely the model finds it.
 *
 * @param meanLogprob the mean of ln p of its tokens under the model itself, before any form, temperature or cut was applied
 * @param ids of its tokens
 */
public record Poem(String text, double meanLogprob, List<Integer> ids) {}
