package dev.parley.generate.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.generate.config.GenerationConfig.EarlyStopping;
import dev.parley.generate.config.GenerationConfig.EndDecay;
import dev.parley.grammar.Grammar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What kind of value a setting has, and how {@code generation_config.json} writes it.
 *
 * @param words for the tables of the documentation
 * @param reader from JSON, and what to take where it says nothing
 * @param sound whether a value can be honoured; numbers have a {@link Range} as well
 * @param fault what is wrong with a value that is not sound
 */
public record SettingType<T>(String words, BiFunction<JsonNode, T, T> reader, Function<T, JsonNode> writer, Predicate<T> sound,
        String fault) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EMPTY = "has an empty entry";

    /** A whole number of 32 bits. */
    public static final SettingType<Integer> INTEGER = new SettingType<>("integer", JsonNode::asInt, IntNode::valueOf);
    /** A whole number of 64 bits. */
    public static final SettingType<Long> LONG = new SettingType<>("integer", JsonNode::asLong, LongNode::valueOf);
    /** A number, whole or not. */
    public static final SettingType<Double> NUMBER = new SettingType<>("number", JsonNode::asDouble, DoubleNode::valueOf);
    /** True or false. */
    public static final SettingType<Boolean> FLAG = new SettingType<>("boolean", JsonNode::asBoolean, BooleanNode::valueOf);
    /** A list of token ids. */
    public static final SettingType<List<Integer>> IDS = new SettingType<>("token ids", (json, otherwise) -> ids(json), JSON::valueToTree);
    /** The same, where JSON may have a single id in place of a list. */
    public static final SettingType<List<Integer>> ID_OR_IDS = new SettingType<>("token ids", (json, otherwise) -> ids(json),
            ids -> ids.size() == 1 ? IntNode.valueOf(ids.getFirst()) : JSON.valueToTree(ids));
    /** Sequences of token ids. */
    public static final SettingType<List<List<Integer>>> SEQUENCES = new SettingType<>("lists of token ids",
            (json, otherwise) -> sequences(json), JSON::valueToTree,
            all -> all.stream().noneMatch(List::isEmpty), EMPTY);
    /** Numbers by sequences of token ids; in JSON a list {@code [[[ids], bias], …]}, as transformers writes what it has as a dictionary. */
    public static final SettingType<Map<List<Integer>, Double>> BIASES = new SettingType<>("numbers by token ids",
            (json, otherwise) -> biases(json), SettingType::toJson,
            all -> all.keySet().stream().noneMatch(List::isEmpty), EMPTY);
    /** A list of texts, none of them empty. */
    public static final SettingType<List<String>> TEXTS = new SettingType<>("texts", (json, otherwise) -> texts(json), JSON::valueToTree,
            all -> all.stream().noneMatch(String::isEmpty), EMPTY);
    /** When beam search stops. */
    public static final SettingType<EarlyStopping> EARLY_STOPPING = new SettingType<>("`true`, `false` or `\"never\"`",
            (json, otherwise) -> earlyStopping(json),
            value -> value == EarlyStopping.NEVER ? TextNode.valueOf("never") : BooleanNode.valueOf(value == EarlyStopping.TRUE));
    /** How the end becomes likelier; in JSON a list of the start and the factor. */
    public static final SettingType<Optional<EndDecay>> END_DECAY = new SettingType<>("start and factor",
            (json, otherwise) -> endDecay(json),
            value -> JSON.valueToTree(value.map(decay -> List.of(decay.start(), decay.factor())).orElse(List.of())),
            value -> value.stream().allMatch(decay -> decay.start() >= 0 && decay.factor() > 0),
            "needs a start of at least 0 and a factor above 0");
    /** A grammar belongs to a request; no file has one. */
    public static final SettingType<Optional<Grammar>> GRAMMAR = new SettingType<>("`Grammar`", (json, otherwise) -> otherwise,
            value -> JsonNodeFactory.instance.nullNode());

    private SettingType(String words, BiFunction<JsonNode, T, T> reader, Function<T, JsonNode> writer) {
        this(words, reader, writer, value -> true, "");
    }

    /** A setting as one of this type, if it is. */
    @SuppressWarnings("unchecked") // the type of its values is this one
    public Optional<Setting<T>> of(Setting<?> setting) {
        return setting.type() == this ? Optional.of((Setting<T>) setting) : Optional.empty();
    }

    private static List<Integer> ids(JsonNode json) {
        var ids = new ArrayList<Integer>();
        if (json.isInt()) ids.add(json.intValue());
        for (var id : json) ids.add(id.intValue());
        return ids;
    }

    private static List<List<Integer>> sequences(JsonNode json) {
        var all = new ArrayList<List<Integer>>();
        for (var sequence : json) all.add(ids(sequence));
        return all;
    }

    private static Map<List<Integer>, Double> biases(JsonNode json) {
        var biases = new HashMap<List<Integer>, Double>();
        for (var pair : json) biases.put(ids(pair.path(0)), pair.path(1).asDouble());
        return biases;
    }

    private static JsonNode toJson(Map<List<Integer>, Double> biases) {
        var json = JsonNodeFactory.instance.arrayNode();
        biases.forEach((ids, bias) -> json.addArray().add(JSON.<JsonNode>valueToTree(ids)).add(bias));
        return json;
    }

    private static List<String> texts(JsonNode json) {
        if (json.isTextual()) return List.of(json.textValue());
        var texts = new ArrayList<String>();
        for (var text : json) texts.add(text.asText());
        return texts;
    }

    private static EarlyStopping earlyStopping(JsonNode json) {
        if (json.asText().equals("never")) return EarlyStopping.NEVER;
        return json.isBoolean() && json.booleanValue() ? EarlyStopping.TRUE : EarlyStopping.FALSE;
    }

    private static Optional<EndDecay> endDecay(JsonNode json) {
        return json.size() == 2 ? Optional.of(new EndDecay(json.path(0).asInt(), json.path(1).asDouble())) : Optional.empty();
    }
}
