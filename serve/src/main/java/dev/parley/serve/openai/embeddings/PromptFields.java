package dev.parley.serve.openai.embeddings;

import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The fields that say what is written before texts: {@code prompt_name} and {@code prompt} as sentence-transformers has them,
 * {@code input_type} as Cohere's, Voyage's and NVIDIA's APIs, {@code instruction} as the task of Qwen3-Embedding in words.
 *
 * @param field that was given
 */
record PromptFields(Optional<String> field, String value) {

    static PromptFields of(JsonFields fields) {
        var given = new LinkedHashMap<String, String>();
        fields.string("prompt_name").ifPresent(value -> given.put("prompt_name", value));
        fields.string("prompt").ifPresent(value -> given.put("prompt", value));
        fields.string("input_type").ifPresent(value -> given.put("input_type", value));
        fields.string("instruction").ifPresent(value -> given.put("instruction", value));
        if (given.size() > 1) {
            var names = List.copyOf(given.keySet());
            throw ApiError.badRequest(names.get(1),
                    names.get(0) + " and " + names.get(1) + " both say what is written before a text; give one.");
        }
        return given.isEmpty() ? new PromptFields(Optional.empty(), "")
                : new PromptFields(Optional.of(given.firstEntry().getKey()), given.firstEntry().getValue());
    }

    /** What to write before each text, for a model. */
    String text(EmbeddingRules rules, String model) {
        return switch (field.orElse("")) {
            case "prompt" -> value;
            case "prompt_name" -> Optional.ofNullable(rules.prompts().get(value)).orElseThrow(() -> ApiError.badRequest("prompt_name",
                    "The model " + model + (rules.prompts().isEmpty() ? " has no prompts."
                            : " has no prompt of that name; it has " + String.join(", ", new TreeSet<>(rules.prompts().keySet())) + ".")));
            case "input_type" -> switch (value) {
                case "query", "search_query" -> rules.queryPrompt();
                case "document", "passage", "search_document" -> rules.passagePrompt();
                default -> throw ApiError.badRequest("input_type",
                        "input_type must be query or document, or search_query or search_document, or passage.");
            };
            case "instruction" -> rules.instructed(value).orElseThrow(() -> ApiError.badRequest("instruction", "The model " + model
                    + " has no form for an instruction (\"Instruct: …\"); use prompt, which is written before the text as it is."));
            default -> rules.defaultPromptText();
        };
    }
}
