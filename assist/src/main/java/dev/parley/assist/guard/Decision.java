package dev.parley.assist.guard;

/**
 * What a guardrail decided, for the log and the page. Texts that passed leave none.
 *
 * @param stage where
 * @param guardrail its name
 * @param rule that was met
 * @param ended whether the turn ended with a fixed text; otherwise the text was changed
 * @param reason one sentence
 */
public record Decision(Stage stage, String guardrail, String rule, boolean ended, String reason) {}
