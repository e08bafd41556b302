package dev.parley.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Real;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * What a template is given by name. Every text is marked with where it comes from, so that the rendering tells what the
 * template said and what was said to it.
 *
 * <pre>{@code
 * var inputs = new Inputs().messages("messages", json).given("tools", tools).own("bos_token", "<s>");
 * }</pre>
 */
public final class Inputs {

    private final Map<String, Value> values = new HashMap<>();
    private long size;

    /** A value that counts as given: nothing in it is the template's own word. */
    public Inputs given(String name, JsonNode value) {
        values.put(name, value(value, Source.GIVEN, 1));
        return this;
    }

    /** A text that counts as the template's own, such as the token that begins a text. */
    public Inputs own(String name, String text) {
        values.put(name, Text.of(text));
        return this;
    }

    /**
     * A list of turns. What turn i says is marked with i; its {@code role} counts as given.
     *
     * @throws TemplateException if it is no list of objects
     */
    public Inputs messages(String name, JsonNode list) {
        if (!list.isArray()) throw new TemplateException("The messages are no list.");
        var messages = new ArrayList<Value>();
        for (int i = 0; i < list.size(); i++) {
            if (!list.get(i).isObject()) throw new TemplateException("Message " + i + " is no object with a role and a content.");
            messages.add(message(list.get(i), Source.ofMessage(i)));
        }
        values.put(name, Value.list(messages));
        return this;
    }

    private Value message(JsonNode message, int source) {
        var entries = new ArrayList<Dict.Entry>();
        for (var property : message.properties()) {
            var own = property.getKey().equals("role") ? Source.ROLE : source;
            entries.add(new Dict.Entry(Text.of(property.getKey(), source), value(property.getValue(), own, 2)));
        }
        return Dict.of(entries);
    }

    private Value value(JsonNode json, int source, int depth) {
        size++;
        if (depth >= Budget.DEEPEST_VALUE)
            throw new TemplateException("What the chat template is given is nested more than " + Budget.DEEPEST_VALUE + " deep.");
        return switch (json.getNodeType()) {
            case STRING -> {
                size += json.textValue().length();
                yield Text.of(json.textValue(), source);
            }
            case BOOLEAN -> Value.of(json.booleanValue());
            case NUMBER -> json.isIntegralNumber() ? integer(json.bigIntegerValue()) : new Real(json.doubleValue());
            case ARRAY -> {
                var items = new ArrayList<Value>(json.size());
                for (var item : json) items.add(value(item, source, depth + 1));
                yield Value.list(items);
            }
            case OBJECT -> {
                var entries = new ArrayList<Dict.Entry>(json.size());
                for (var property : json.properties()) {
                    size += property.getKey().length();
                    entries.add(new Dict.Entry(Text.of(property.getKey(), source), value(property.getValue(), source, depth + 1)));
                }
                yield Dict.of(entries);
            }
            case NULL, MISSING -> None.NONE;
            case BINARY, POJO -> throw new TemplateException("What the chat template is given is no JSON.");
        };
    }

    private static Int integer(BigInteger value) {
        if (value.bitLength() > Int.MOST_BITS)
            throw new TemplateException("What the chat template is given has a number of more than " + Int.MOST_BITS + " bits.");
        return new Int(value);
    }

    Map<String, Value> values() {
        return values;
    }

    /** Characters and elements in all. */
    long size() {
        return size;
    }
}
