package dev.parley.data.inspect;

import dev.parley.model.TrainingRow;

/**
 * A row to look at.
 *
 * @param title where it comes from
 */
public record Sample(String title, TrainingRow row) {}
