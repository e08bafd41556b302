package dev.parley.assist.automation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.parley.grammar.Grammar;
import java.util.Optional;

/** What is written for each row. */
public enum OutputFormat {

    /** The answer as it is. */
    MD(".md"),

    /** A page made of the answer, which is taken for Markdown; markup in it is shown and never obeyed. */
    HTML(".html"),

    /** The answer, which must be JSON. */
    JSON(".json");

    private final String ending;

    OutputFormat(String ending) {
        this.ending = ending;
    }

    String ending() {
        return ending;
    }

    /** Something that keeps an answer from being written. */
    record Rejected(FailureKind kind, String sentence) {}

    /** What is wrong with an answer, if anything is. */
    Optional<Rejected> rejected(RowResponder.Answer answer, Optional<Grammar> schema) {
        if (answer.text().isBlank()) {
            return Optional
                    .of(new Rejected(FailureKind.EMPTY_ANSWER, "The model answered with " + answer.tokens() + " tokens and no text."));
        }
        if (this != JSON) return Optional.empty();
        try {
            JsonLinesReader.JSON.readTree(answer.text());
        } catch (JsonProcessingException e) {
            var why = answer.cutOff() ? "it was cut off after " + answer.tokens() + " tokens; allow more by --max-new-tokens"
                    : e.getOriginalMessage().lines().findFirst().orElse("").replaceAll("[.:\\s]*$", "");
            return Optional.of(new Rejected(FailureKind.INVALID_JSON, "The answer is no JSON: " + why + "."));
        }
        if (schema.isEmpty() || schema.get().matches(answer.text())) return Optional.empty();
        return Optional.of(new Rejected(FailureKind.SCHEMA, "The answer is JSON, but not as the schema says."));
    }

    /**
     * The file's text.
     *
     * @param title of a page
     */
    String text(String title, String answer) {
        return this == HTML ? MarkdownPage.html(title, answer.strip()) : answer.strip() + "\n";
    }
}
