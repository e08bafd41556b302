package dev.parley.serve.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes bad requests of good ones: the same ones for the same seed. */
final class Mutator {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Values as JSON writes them, or as it should not. */
    private static final List<String> VALUES = List.of("null", "true", "false", "0", "-1", "1", "2", "1.5", "-0.0", "1e308", "-1e308",
            "1e400", "1e-400", "2147483647", "2147483648",
            "9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "NaN", "Infinity", "-Infinity", "0x10", "01",
            "+1", ".5", "1.",
            "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\uffff\"", "\"\\ud83d\\ude00\"", "\"null\"",
            "\"1\"", "\"[\"", "\"(((((((((((((\"", "\"root ::= root\"",
            "\"<|im_start|>\"", "\"<|endoftext|>\"", "\"../../etc/passwd\"", "\"' OR 1=1 --\"", "\"%s%n%x\"", "[]", "{}", "[[]]", "[null]",
            "[1, \"x\", {}]", "[-1]", "[99999999999]", "{\"\": 1}",
            "{\"type\": \"function\"}", "{\"type\": 1}", "[{\"role\": \"user\"}]", "[{\"type\": \"text\"}]", "[0, 1, 2]",
            "{\"$ref\": \"#\"}", "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#\"}}}", "\"\\x\"", "'x'", "undefined", "//");
    private static final Set<String> LENGTHS = Set.of("max_tokens", "max_completion_tokens", "max_output_tokens", "num_predict", "options");
    private static final String MARK = "@@@";

    private final Random random;

    Mutator(long seed) {
        random = new Random(seed);
    }

    /** A request's body, changed in one to three ways. */
    byte[] mutated(String body) {
        if (body.isEmpty()) return random.nextBoolean() ? new byte[0] : pick(VALUES).getBytes(StandardCharsets.UTF_8);
        var way = random.nextInt(10);
        if (way == 0) return raw(body.getBytes(StandardCharsets.UTF_8));
        if (way == 1) return whole().getBytes(StandardCharsets.UTF_8);
        var text = body;
        for (int i = random.nextInt(3); i >= 0; i--) text = changed(text);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    /** A body that has nothing of the request's. */
    private String whole() {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> pick(VALUES);
            case 2 -> "[".repeat(depth());
            case 3 -> "{\"a\":".repeat(depth());
            case 4 -> "\uFEFF{}";
            default -> "model=tiny&prompt=x";
        };
    }

    private int depth() {
        return 1 << random.nextInt(17);
    }

    private byte[] raw(byte[] body) {
        var changed = body.clone();
        switch (random.nextInt(4)) {
            case 0 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length));
            case 1 -> changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            case 2 -> {
                for (int i = 0; i < 8; i++) changed[random.nextInt(changed.length)] = (byte) (0x80 + random.nextInt(128));
            }
            default -> changed = Arrays.copyOf(changed, changed.length + 1 + random.nextInt(5));
        }
        return changed;
    }

    /** One change to JSON; to a text that is none any more, nothing. */
    private String changed(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (IOException e) {
            return text;
        }
        var places = new ArrayList<JsonNode>();
        collect(root, places);
        if (places.isEmpty()) return text;
        var value = switch (pick(places)) {
            case ObjectNode object -> change(object);
            case ArrayNode array -> change(array);
            default -> throw new IllegalStateException();
        };
        return written(bounded(root)).replace("\"" + MARK + "\"", value);
    }

    private static void collect(JsonNode node, List<JsonNode> places) {
        if (node.isContainerNode() && (node.isArray() || !node.isEmpty())) places.add(node);
        for (var part : node) collect(part, places);
    }

    /** @return what is to be put in the place of the mark */
    private String change(ObjectNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        var name = pick(names);
        switch (random.nextInt(8)) {
            case 0 -> object.remove(name);
            case 1 -> object.put("unknown_\u00e9\ud83d\ude00" + random.nextInt(3), MARK);
            case 2 -> object.put(pick(names), "x".repeat(1 << random.nextInt(16)));
            case 3 -> object.put(name, MARK);
            default -> {
                if (LENGTHS.contains(name) && !oneIn(3)) object.put("stop", MARK);
                else object.put(name, MARK);
            }
        }
        return switch (random.nextInt(12)) {
            case 0 -> "[".repeat(depth()) + "1" + "]".repeat(1);
            case 1 -> deep();
            case 2 -> "1, \"" + name.replace("\"", "") + "\": 1"; // a key twice
            default -> pick(VALUES);
        };
    }

    private String deep() {
        var depth = depth();
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private String change(ArrayNode array) {
        switch (random.nextInt(4)) {
            case 0 -> array.removeAll();
            case 1 -> {
                for (int i = 1 << random.nextInt(12); i > 0 && !array.isEmpty(); i--) array.add(array.get(0));
            }
            case 2 -> array.insert(random.nextInt(array.size() + 1), MARK);
            default -> {
                if (!array.isEmpty()) array.set(random.nextInt(array.size()), MARK);
            }
        }
        return pick(VALUES);
    }

    /** Answers are to be short: it is not what the models say that is tried here. */
    private static JsonNode bounded(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (var name : LENGTHS) {
                if (object.path(name).isInt() && object.path(name).intValue() > 2) object.put(name, 1);
            }
        }
        for (var part : node) bounded(part);
        return node;
    }

    private static String written(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
