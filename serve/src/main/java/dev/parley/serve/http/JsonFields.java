package dev.parley.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The fields of a JSON object, read strictly: a wrong type or a value out of range is a {@link ApiError} with the field's name.
 * {@code null} counts as absent, as in OpenAI's API. It remembers which fields were asked for, so that the others can be told of.
 */
public final class JsonFields {

    /** How a request says that there is no limit, as LM Studio and llama.cpp's server have it. */
    public static final int NO_LIMIT = -1;

    private final ObjectNode object;
    private final String prefix;
    private final Set<String> known = new HashSet<>();
    private final Map<String, JsonFields> inner = new LinkedHashMap<>(); // by path

    private JsonFields(ObjectNode object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    /** The body of a request. */
    public static JsonFields of(JsonNode body) {
        if (!(body instanceof ObjectNode object)) throw ApiError.badRequest("", "The body must be a JSON object.");
        return new JsonFields(object, "");
    }

    /**
     * An object inside of a request.
     *
     * @param path its name there, such as {@code tools[0]}
     */
    public static JsonFields of(JsonNode node, String path) {
        if (!(node instanceof ObjectNode object)) throw ApiError.badRequest(path, path + " must be an object.");
        return new JsonFields(object, path + ".");
    }

    /** The fields that nobody asked for, here and in the objects that were read of it. */
    public List<String> unknown() {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) names.add(prefix + name);
        });
        for (var fields : inner.values()) names.addAll(fields.unknown());
        return names;
    }

    /** Fields that are understood, but change nothing here. */
    public void ignore(String... names) {
        known.addAll(List.of(names));
    }

    /** A field of any type; empty where it is absent or null, as for all below. */
    public Optional<JsonNode> any(String name) {
        known.add(name);
        var value = object.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    /** A text; anything else is a 400. */
    public Optional<String> string(String name) {
        return any(name).map(value -> {
            if (!value.isTextual()) throw wrong(name, "a string");
            return value.textValue();
        });
    }

    /** A text that must be there; it is a 400 where it is not. */
    public String requireString(String name) {
        return string(name).orElseThrow(() -> missing(name));
    }

    /** True or false; false where it is absent; anything else is a 400. */
    public boolean flag(String name) {
        return any(name).map(value -> {
            if (!value.isBoolean()) throw wrong(name, "true or false");
            return value.booleanValue();
        }).orElse(false);
    }

    /** A whole number in a range, both ends included; anything else is a 400. */
    public OptionalInt integer(String name, int least, int most) {
        var value = number(name);
        if (value.isEmpty()) return OptionalInt.empty();
        if (!value.get().canConvertToExactIntegral() || !value.get().canConvertToInt() || value.get().intValue() < least
                || value.get().intValue() > most) {
            throw ApiError.badRequest(prefix + name, prefix + name + " must be a whole number " + range(least, most) + ".");
        }
        return OptionalInt.of(value.get().intValue());
    }

    /** A number of at least so much, or {@link #NO_LIMIT}. */
    public OptionalInt limit(String name, int least) {
        var none = number(name)
                .filter(value -> value.canConvertToExactIntegral() && value.canConvertToInt() && value.intValue() == NO_LIMIT).isPresent();
        return none ? OptionalInt.of(NO_LIMIT) : integer(name, least, Integer.MAX_VALUE);
    }

    /** A whole number of 64 bits; anything else is a 400. */
    public OptionalLong whole(String name) {
        var value = number(name);
        if (value.isEmpty()) return OptionalLong.empty();
        if (!value.get().canConvertToExactIntegral() || !value.get().canConvertToLong()) {
            throw ApiError.badRequest(prefix + name, prefix + name + " must be a whole number of at most 64 bits.");
        }
        return OptionalLong.of(value.get().longValue());
    }

    /** A number in a range, both ends included; anything else is a 400. */
    public OptionalDouble real(String name, double least, double most) {
        var value = number(name);
        if (value.isEmpty()) return OptionalDouble.empty();
        var number = value.get().doubleValue();
        if (!(number >= least && number <= most)) {
            throw ApiError.badRequest(prefix + name, prefix + name + " must be a number from " + plain(least) + " to " + plain(most) + ".");
        }
        return OptionalDouble.of(number);
    }

    private Optional<JsonNode> number(String name) {
        return any(name).map(value -> {
            if (!value.isNumber()) throw wrong(name, "a number");
            return value;
        });
    }

    /** An object; those of its fields that nobody asks for are {@link #unknown()} here too. Anything else is a 400. */
    public Optional<JsonFields> object(String name) {
        return any(name).map(value -> inner(value, prefix + name));
    }

    /**
     * An object as it stands, without its fields that are null.
     *
     * @param most characters of it as JSON
     */
    public Optional<ObjectNode> json(String name, int most) {
        return any(name).map(value -> {
            if (!value.isObject()) throw wrong(name, "an object");
            var given = JsonNodeFactory.instance.objectNode();
            value.properties().stream().filter(e -> !e.getValue().isNull()).forEach(e -> given.set(e.getKey(), e.getValue()));
            if (given.toString().length() > most)
                throw ApiError.badRequest(prefix + name, prefix + name + " is longer than " + most + " characters.");
            return given;
        });
    }

    private JsonFields inner(JsonNode value, String path) {
        return inner.computeIfAbsent(path, p -> of(value, p));
    }

    /** A list of objects, at most so many; none where there is no list. */
    public List<JsonFields> objects(String name, int most) {
        var objects = new ArrayList<JsonFields>();
        var list = list(name, most);
        if (list.isEmpty()) return objects;
        for (var one : list.get()) objects.add(inner(one, prefix + name + "[" + objects.size() + "]"));
        return objects;
    }

    /** The name of a field as errors tell it, with where its object is. */
    public String path(String name) {
        return prefix + name;
    }

    /** A list of at most so many. */
    public Optional<JsonNode> list(String name, int most) {
        return any(name).map(value -> {
            if (!value.isArray()) throw wrong(name, "a list");
            if (value.size() > most)
                throw ApiError.badRequest(prefix + name, prefix + name + " holds " + value.size() + ", more than " + most + ".");
            return value;
        });
    }

    /** A string, or a list of strings. */
    public List<String> strings(String name, int most) {
        var value = any(name);
        if (value.isEmpty()) return List.of();
        if (value.get().isTextual()) return List.of(value.get().textValue());
        var strings = new ArrayList<String>();
        for (var one : list(name, most).orElseGet(JsonNodeFactory.instance::arrayNode)) {
            if (!one.isTextual()) throw wrong(name, "a string or a list of strings");
            strings.add(one.textValue());
        }
        return strings;
    }

    /** What to throw for a field that is not what is wanted, such as {@code a string}. */
    public ApiError wrong(String name, String wanted) {
        return ApiError.badRequest(prefix + name, prefix + name + " must be " + wanted + ".");
    }

    /** What to throw for a field that must be there. */
    public ApiError missing(String name) {
        return ApiError.badRequest(prefix + name, prefix + name + " is missing.");
    }

    private static String range(int least, int most) {
        return most == Integer.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
