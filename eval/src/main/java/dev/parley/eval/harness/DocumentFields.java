package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.jinja.Inputs;
import dev.parley.jinja.Template;
import dev.parley.jinja.TemplateException;
import dev.parley.jinja.TemplateSettings;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a task makes of a document: its text, its target and its choices, by a column's name, a template, or a value for all. */
final class DocumentFields {

    private final TaskConfig task;
    private final Set<String> columns;
    private final boolean hasChoices;
    private final Map<String, Template> templates = new HashMap<>();

    /**
     * @param columns of the data set, names of which go before templates
     */
    DocumentFields(TaskConfig task, Set<String> columns) {
        this.task = task;
        this.columns = columns;
        hasChoices = task.value("doc_to_choice").isPresent();
    }

    boolean hasChoices() {
        return hasChoices;
    }

    /** The question: a text, or the number of a choice where each choice makes a question of its own. */
    JsonNode text(ObjectNode document, JsonNode written) {
        if (written.isInt()) return written;
        var function = function("doc_to_text", written);
        if (function.isPresent()) return StandIns.of(task, function.get()).apply(document);
        var column = column(document, written);
        if (column.isPresent()) return column.get();
        var text = render(document, written.asText(), "doc_to_text");
        return isDigits(text) && hasChoices ? number(text) : TextNode.valueOf(text);
    }

    /** The answer: a text, the number of a choice, or a list of either. */
    JsonNode target(ObjectNode document, JsonNode written) {
        if (written.isInt() || written.isArray()) return written;
        var function = function("doc_to_target", written);
        if (function.isPresent()) return StandIns.of(task, function.get()).apply(document);
        var column = column(document, written);
        if (column.isPresent()) return column.get();
        var text = render(document, written.asText(), "doc_to_target");
        if (isDigits(text) && hasChoices) return number(text);
        if (text.startsWith("[") && text.endsWith("]") && text.length() > 1)
            return PythonLiteral.parse(text).orElse(TextNode.valueOf(text));
        return TextNode.valueOf(text);
    }

    /** The texts to choose from. */
    List<String> choices(ObjectNode document, JsonNode written) {
        var function = function("doc_to_choice", written);
        var value = function.isPresent() ? StandIns.of(task, function.get()).apply(document)
                : written.isTextual() ? column(document, written).orElseGet(() -> literal(document, written.asText())) : written;
        if (!value.isArray() && !value.isObject())
            throw new TaskException("doc_to_choice of the task " + task.name() + " makes no list of choices: " + value + ".");
        var choices = new ArrayList<String>();
        value.forEach(c -> choices.add(c.asText()));
        return choices;
    }

    private JsonNode literal(ObjectNode document, String template) {
        var text = render(document, template, "doc_to_choice");
        return PythonLiteral.parse(text).orElseThrow(
                () -> new TaskException("doc_to_choice of the task " + task.name() + " makes no list of choices: " + text + "."));
    }

    /** A column's value as it is, or what a template makes: description and gen_prefix. */
    Optional<String> resolved(ObjectNode document, Optional<JsonNode> written, String field) {
        return written.filter(w -> !w.asText().isEmpty()).map(w -> {
            task.checkNoFunction(field, w);
            return document.has(w.asText()) ? document.get(w.asText()).asText() : render(document, w.asText(), field);
        });
    }

    private Optional<String> function(String field, JsonNode written) {
        if (!written.has(TaskYaml.FUNCTION)) return Optional.empty();
        var name = written.get(TaskYaml.FUNCTION).asText();
        if (!StandIns.has(task, name)) task.checkNoFunction(field, written);
        return Optional.of(name);
    }

    private Optional<JsonNode> column(ObjectNode document, JsonNode written) {
        return columns.contains(written.asText()) && written.isTextual() ? Optional.ofNullable(document.get(written.asText()))
                : Optional.empty();
    }

    private String render(ObjectNode document, String template, String field) {
        var parsed = templates.computeIfAbsent(template,
                t -> parsed(t, "the task " + task.name() + ", " + field));
        var inputs = new Inputs();
        document.properties().forEach(p -> inputs.given(p.getKey(), p.getValue()));
        try {
            return parsed.render(inputs, LocalDateTime::now).text();
        } catch (TemplateException e) {
            throw new TaskException(e.getMessage() + " The document has the fields " + String.join(", ", names(document)) + ".");
        }
    }

    private static Template parsed(String template, String where) {
        try {
            return Template.parse(template, where, TemplateSettings.STRICT);
        } catch (TemplateException e) {
            throw new TaskException(e.getMessage());
        }
    }

    private static List<String> names(ObjectNode document) {
        var names = new ArrayList<String>();
        document.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
    }

    private static JsonNode number(String digits) {
        return IntNode.valueOf(new BigInteger(digits).intValueExact());
    }
}
