package dev.parley.assist.automation;

import java.util.Locale;

/** Why a row has no output. */
public enum FailureKind {

    /** The row itself cannot be read. */
    ROW,

    /** The template goes wrong on it. */
    TEMPLATE,

    /** Its prompt is empty, or leaves no room for an answer. */
    PROMPT,

    /** The answer is no JSON. */
    INVALID_JSON,

    /** The answer is JSON, but not as the schema says. */
    SCHEMA,

    /** The answer has no text. */
    EMPTY_ANSWER,

    /** A guardrail of the assistant spoke in the model's place, or its documents say nothing about it. */
    DECLINED,

    /** The model could not answer. */
    MODEL;

    /** As the table of failures and the journal write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
