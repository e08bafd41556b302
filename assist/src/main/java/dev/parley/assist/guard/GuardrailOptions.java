package dev.parley.assist.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One entry of an assistant's list of guardrails: its name, and its options. Each option that is read is remembered. */
final class GuardrailOptions {

    private final String name;
    private final JsonNode options;
    private final Set<String> read = new LinkedHashSet<>();

    private GuardrailOptions(String name, JsonNode options) {
        this.name = name;
        this.options = options;
    }

    static GuardrailOptions of(JsonNode entry) {
        if (entry.isTextual()) return new GuardrailOptions(entry.textValue(), MissingNode.getInstance());
        if (!entry.isObject() || entry.size() != 1)
            throw new IllegalArgumentException("A guardrail is a name, or one name with its options; this is neither: " + entry);
        var field = entry.properties().iterator().next();
        if (!field.getValue().isObject() && !field.getValue().isNull())
            throw new IllegalArgumentException("The options of the guardrail " + field.getKey() + " are names with values.");
        return new GuardrailOptions(field.getKey(), field.getValue());
    }

    String name() {
        return name;
    }

    int number(String option, int otherwise) {
        var value = value(option);
        if (value.isMissingNode()) return otherwise;
        if (!value.isInt() || value.intValue() < 1) throw wrong(option, "a whole number above 0");
        return value.intValue();
    }

    Optional<String> text(String option) {
        var value = value(option);
        if (value.isMissingNode()) return Optional.empty();
        if (!value.isTextual()) throw wrong(option, "a text");
        return Optional.of(value.textValue());
    }

    /** A text in each language, or one for all. */
    String textFor(String option, String language, String otherwise) {
        var value = value(option);
        if (value.isTextual()) return value.textValue();
        return value.path(language).asText(otherwise);
    }

    List<String> texts(String option) {
        var value = value(option);
        if (value.isMissingNode()) return List.of();
        if (!value.isArray()) throw wrong(option, "a list of texts");
        var texts = new ArrayList<String>();
        for (var text : value) {
            if (!text.isTextual()) throw wrong(option, "a list of texts");
            texts.add(text.textValue());
        }
        return texts;
    }

    private JsonNode value(String option) {
        read.add(option);
        return options.path(option);
    }

    IllegalArgumentException wrong(String option, String needed) {
        return new IllegalArgumentException(option + " of the guardrail " + name + " is " + needed + ", not " + options.path(option) + ".");
    }

    void checkAllRead() {
        options.fieldNames().forEachRemaining(option -> {
            if (!read.contains(option))
                throw new IllegalArgumentException("The guardrail " + name + " has no option " + option
                        + (read.isEmpty() ? "." : "; it has " + String.join(", ", read) + "."));
        });
    }
}
