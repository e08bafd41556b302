package dev.parley.serve.chat.explaining;

/**
 * How far an explanation is.
 *
 * @param stage the analysis that is being made, or {@code check}
 */
public record ExplanationProgress(String stage, int done, int total) {}
