package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of one task under the names that lm-evaluation-harness has for them.
 *
 * @param yaml all settings as they are written, includes merged
 * @param folder of the file, for what it names beside itself
 */
public record TaskConfig(ObjectNode yaml, Path folder) {

    /** What a task asks of a model. */
    public enum OutputType {
        /** How likely a continuation is, and whether greedy decoding would write it. */
        LOGLIKELIHOOD,
        /** Which of some continuations is the likeliest. */
        MULTIPLE_CHOICE,
        /** How likely a whole text is. */
        LOGLIKELIHOOD_ROLLING,
        /** A text. */
        GENERATE_UNTIL;

        /** As task files write it. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Settings whose effect we do not have, and that would change a score. */
    private static final Set<String> NOT_SUPPORTED = Set.of("class", "custom_dataset", "doc_to_image", "doc_to_audio", "use_prompt",
            "unsafe_code");

    /**
     * @throws TaskException naming what is missing or cannot be done
     */
    public TaskConfig {
        if (!yaml.path("task").isTextual()) throw new TaskException("A task in " + folder + " has no name; give it one with \"task:\".");
        for (var field : NOT_SUPPORTED) {
            if (yaml.hasNonNull(field) && !(yaml.get(field).isBoolean() && !yaml.get(field).booleanValue()))
                throw new TaskException("The task " + yaml.path("task").asText() + " uses \"" + field
                        + "\", which needs Python, pictures or sound; Parley runs tasks of text without Python.");
        }
    }

    /** The name of the task. */
    public String name() {
        return yaml.path("task").asText();
    }

    /** The name in tables. */
    public String alias() {
        return text("task_alias").orElse(name());
    }

    /** A setting that is a text. */
    Optional<String> text(String field) {
        var value = yaml.path(field);
        if (value.isMissingNode() || value.isNull()) return Optional.empty();
        checkNoFunction(field, value);
        return Optional.of(value.asText());
    }

    /** A setting of any form, null where there is none. */
    Optional<JsonNode> value(String field) {
        return Optional.ofNullable(yaml.get(field)).filter(v -> !v.isNull());
    }

    /** The name of a setting's Python function, if it is one. */
    Optional<String> function(String field) {
        return value(field).filter(v -> v.has(TaskYaml.FUNCTION)).map(v -> v.get(TaskYaml.FUNCTION).asText());
    }

    void checkNoFunction(String field, JsonNode value) {
        if (value.has(TaskYaml.FUNCTION)) {
            throw new TaskException("The task " + name() + " has \"" + field + ": !function " + value.get(TaskYaml.FUNCTION).asText()
                    + "\", which is Python, and Parley has no replacement for it. Write the setting as a Jinja template, or prepare the "
                    + "data so that a column holds what the function makes.");
        }
    }

    /** What is asked of the model. */
    public OutputType outputType() {
        var id = text("output_type").orElse("generate_until");
        for (var type : OutputType.values()) if (type.id().equals(id)) return type;
        throw new TaskException("The task " + name() + " has output_type " + id + "; there are "
                + String.join(", ", List.of(OutputType.values()).stream().map(OutputType::id).toList()) + ".");
    }

    String delimiter(String field, String otherwise) {
        return yaml.has(field) && !yaml.get(field).isNull() ? yaml.get(field).asText() : otherwise;
    }

    /** Between question and answer. */
    String targetDelimiter() {
        return delimiter("target_delimiter", " ");
    }

    /** Between examples. */
    String fewshotDelimiter() {
        return delimiter("fewshot_delimiter", "\n\n");
    }

    /** A setting of few-shot examples; where there is none, the task's own under the same name. */
    Optional<JsonNode> ofExamples(String field) {
        var own = yaml.path("fewshot_config").path(field);
        return own.isMissingNode() || own.isNull() ? value(field.equals("split") ? "fewshot_split" : field) : Optional.of(own);
    }

    /** As the file has it; empty where it says nothing. */
    Optional<Integer> numFewshot() {
        return value("num_fewshot").map(JsonNode::asInt);
    }

    int repeats() {
        return Math.max(1, yaml.path("repeats").asInt(1));
    }

    /** The version that the task's author gives; figures of different versions are not to be compared. */
    public String version() {
        return yaml.path("metadata").path("version").asText("none");
    }

    /** The split whose documents are asked: the test split, else the validation split. */
    String evaluatedSplit() {
        return text("test_split").or(() -> text("validation_split")).orElseThrow(
                () -> new TaskException("The task " + name() + " names neither a test_split nor a validation_split; name one."));
    }
}
