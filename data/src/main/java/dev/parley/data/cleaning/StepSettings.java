package dev.parley.data.cleaning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The settings of one step in a recipe; what nobody asks for is a setting that does not exist. */
final class StepSettings {

    private final String step;
    private final JsonNode values;
    private final Set<String> known = new HashSet<>();

    /** @param values an object, or nothing where all are left at their defaults */
    StepSettings(String step, JsonNode values) {
        this.step = step;
        this.values = values;
        if (!values.isMissingNode() && !values.isNull() && !(values instanceof ObjectNode))
            throw new IllegalArgumentException(step + ": its settings are written as " + step + ": {name: value}.");
    }

    double number(String name, double usual) {
        var value = get(name);
        if (value.isMissingNode()) return usual;
        if (isOff(value)) return 0;
        if (!value.isNumber() || value.asDouble() < 0) throw wrong(name, "a number of 0 or more, or off", value);
        return value.asDouble();
    }

    /** @param off what switches the rule off */
    double part(String name, double usual, double off) {
        var value = get(name);
        if (value.isMissingNode()) return usual;
        if (isOff(value)) return off;
        if (!value.isNumber() || value.asDouble() < 0 || value.asDouble() > 1) throw wrong(name, "from 0 to 1, or off", value);
        return value.asDouble();
    }

    int integer(String name, int usual) {
        var value = get(name);
        if (value.isMissingNode()) return usual;
        if (isOff(value)) return 0;
        if (!value.isInt() || value.asInt() < 0) throw wrong(name, "a whole number of 0 or more, or off", value);
        return value.asInt();
    }

    boolean truth(String name, boolean usual) {
        var value = get(name);
        if (value.isMissingNode()) return usual;
        if (!value.isBoolean()) throw wrong(name, "true or false", value);
        return value.asBoolean();
    }

    List<String> texts(String name, List<String> usual) {
        var value = get(name);
        if (value.isMissingNode()) return usual;
        var texts = new ArrayList<String>();
        for (var text : value.isArray() ? value : List.of(value)) {
            if (!text.isTextual() && !text.isBoolean()) throw wrong(name, "a list of words", value);
            texts.add(text.isBoolean() ? "no" : text.asText()); // YAML reads Norwegian's code, no, as false
        }
        return texts;
    }

    List<Double> parts(String name, List<Double> usual) {
        var value = get(name);
        if (value.isMissingNode()) return usual;
        var numbers = new ArrayList<Double>();
        if (isOff(value)) return numbers;
        for (var number : value) {
            if (!number.isNumber() || number.asDouble() < 0 || number.asDouble() > 1)
                throw wrong(name, "a list of numbers from 0 to 1", value);
            numbers.add(number.asDouble());
        }
        return numbers;
    }

    private JsonNode get(String name) {
        known.add(name);
        return values.path(name);
    }

    private static boolean isOff(JsonNode value) {
        return value.isBoolean() && !value.asBoolean() || value.asText().equals("off");
    }

    private IllegalArgumentException wrong(String name, String wanted, JsonNode value) {
        return new IllegalArgumentException(step + ": " + name + " is " + wanted + ", not " + value + ".");
    }

    /** The step, once all settings have been asked for. */
    CleaningStep checked(CleaningStep made) {
        values.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(step + ": there is no setting " + name + "; there "
                        + (known.isEmpty() ? "are none." : "are " + String.join(", ", known.stream().sorted().toList()) + "."));
            }
        });
        return made;
    }
}
