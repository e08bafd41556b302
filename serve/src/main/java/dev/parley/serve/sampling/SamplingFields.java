package dev.parley.serve.sampling;

import static dev.parley.generate.config.GenerationSettings.MAX_NEW_TOKENS;
import static dev.parley.generate.config.GenerationSettings.NUM_BEAMS;
import static dev.parley.generate.config.GenerationSettings.NUM_RETURN_SEQUENCES;
import static dev.parley.generate.config.GenerationSettings.PENALTY_ALPHA;
import static dev.parley.generate.config.GenerationSettings.SEED;
import static dev.parley.generate.config.GenerationSettings.STOP_STRINGS;
import static dev.parley.generate.config.GenerationSettings.TEMPERATURE;
import static dev.parley.generate.config.GenerationSettings.TOP_K;
import static dev.parley.generate.config.SettingType.FLAG;
import static dev.parley.generate.config.SettingType.INTEGER;
import static dev.parley.generate.config.SettingType.NUMBER;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.config.Setting;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ServedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The fields that say how an answer is sampled and how long it may be, for all routes that generate. The fields of numbers and flags
 * follow from {@link GenerationSettings}.
 */
public final class SamplingFields {

    /** Stop strings that one request may name. */
    static final int MOST_STOPS = 16;
    private static final int MOST_STOP_LENGTH = 1_000;
    private static final int MOST_BIASES = 1_024;
    private static final double COLDEST = 1e-4; // what is below takes the most likely token, and would only overflow
    /** Sequences that one request may ask for. */
    public static final int MOST_CHOICES = 16;

    /** Tokens that contrastive search may try in each step. */
    private static final int MOST_TRIED = 16;

    private static final List<Reader> READERS = GenerationSettings.all().stream().filter(setting -> setting != MAX_NEW_TOKENS)
            .flatMap(setting -> setting.doors().field().flatMap(field -> reader(setting, field)).stream()).toList();

    private SamplingFields() {}

    /** Takes one field of a request over into the settings. */
    @FunctionalInterface
    private interface Reader {
        void read(JsonFields fields, GenerationConfigBuilder settings);
    }

    /** Of a number or flag; what is out of the setting's own range, such as -1 for no top-k, counts as the nearest that is in it. */
    private static Optional<Reader> reader(Setting<?> setting, Setting.Field field) {
        var name = field.name();
        var range = field.range();
        Optional<Reader> ofInteger = INTEGER.of(setting).map(whole -> (fields, b) -> fields
                .integer(name, (int) range.least(), (int) range.most()).ifPresent(v -> b.set(whole, (int) whole.range().nearest(v))));
        Optional<Reader> ofNumber = NUMBER.of(setting).map(real -> (fields, b) -> fields.real(name, range.least(), range.most())
                .ifPresent(v -> b.set(real, real == TEMPERATURE && v < COLDEST ? 0 : real.range().nearest(v))));
        Optional<Reader> ofFlag = FLAG.of(setting)
                .map(flag -> (fields, b) -> fields.any(name).ifPresent(given -> b.set(flag, fields.flag(name))));
        return ofInteger.or(() -> ofNumber).or(() -> ofFlag); // stop, logit_bias and seed are read by themselves
    }

    /**
     * A model's defaults with what a request says.
     *
     * @throws ApiError if a field cannot be honoured
     */
    public static GenerationConfigBuilder settings(JsonFields fields, GenerationConfig defaults, int vocabSize) {
        var b = begin(defaults);
        for (var reader : READERS) reader.read(fields, b);
        fields.whole(SEED.name()).ifPresent(b::seed);
        addStops(fields, "stop", b);
        bias(fields, vocabSize).ifPresent(b::sequenceBias);
        return b;
    }

    /** What holds where a request says nothing: a model's defaults, one answer that is sampled token by token, and a seed of its own. */
    public static GenerationConfigBuilder begin(GenerationConfig defaults) {
        return defaults.toBuilder().numBeams(1).penaltyAlpha(0).seed(ThreadLocalRandom.current().nextLong());
    }

    /**
     * Takes over a setting, a number or a flag, that an API calls by a name of its own.
     *
     * @param field its name, and the range in which the API takes it
     * @throws ApiError if it cannot be honoured
     */
    public static void read(JsonFields fields, Setting<?> setting, Setting.Field field, GenerationConfigBuilder settings) {
        reader(setting, field).orElseThrow().read(fields, settings);
    }

    /**
     * Adds the texts that end the answer, from a field that is a string or a list; those of the model are a part of how it speaks.
     *
     * @throws ApiError if there are too many, or one is empty or too long
     */
    public static void addStops(JsonFields fields, String name, GenerationConfigBuilder settings) {
        var stops = new ArrayList<>(settings.get(STOP_STRINGS));
        stops.addAll(stops(fields, name));
        settings.stopStrings(stops);
    }

    /**
     * The whole settings of one answer in a chat, for those who ask the models by another way than {@code /v1} and are to be understood
     * alike.
     *
     * @param topLogprobs most likely tokens that are told for each token; beams tell none
     * @throws ApiError if a field cannot be honoured, or more than one answer is asked for
     */
    public static GenerationConfig ofAnswer(JsonFields fields, ServedModel model, int topLogprobs) {
        fields.integer("n", 1, 1);
        var settings = settings(fields, model.defaults(), model.tokenizer().vocabSize());
        settings.maxNewTokens(maxTokens(fields, model.defaults().maxNewTokens())).maxLength(0);
        StructuredOutputFields.read(fields).ifPresent(settings::grammar);
        return build(settings.numReturnSequences(1).logprobs(settings.get(NUM_BEAMS) > 1 ? -1 : topLogprobs));
    }

    /** By either name, as OpenAI's API has it; 0, as many as the context holds, where neither they nor the model set a limit. */
    public static int maxTokens(JsonFields fields, int otherwise) {
        var newer = fields.limit("max_completion_tokens", 1);
        var older = fields.limit("max_tokens", 1);
        if (newer.isPresent() && older.isPresent())
            throw ApiError.badRequest("max_tokens", "max_tokens and max_completion_tokens are the same setting; give only one.");
        return Math.max(0, newer.orElse(older.orElse(otherwise)));
    }

    /**
     * The finished settings.
     *
     * @throws ApiError if they contradict each other
     */
    public static GenerationConfig build(GenerationConfigBuilder settings) {
        try {
            var n = settings.get(NUM_RETURN_SEQUENCES);
            if (settings.get(NUM_BEAMS) > 1 && n > settings.get(NUM_BEAMS)) {
                throw ApiError.badRequest("n", "n " + n + " is above " + NUM_BEAMS.name() + " " + settings.get(NUM_BEAMS) + ".");
            }
            var config = settings.build();
            if (config.numBeams() > 1 && config.logprobs() >= 0) {
                throw ApiError.badRequest(NUM_BEAMS.name(), "Beam search does not tell how likely its tokens are; leave out logprobs.");
            }
            if (config.penaltyAlpha() > 0 && config.temperature() == 0 && config.topK() > MOST_TRIED) {
                throw ApiError.badRequest(TOP_K.name(), PENALTY_ALPHA.name() + " tries " + TOP_K.name() + " tokens in each step; "
                        + config.topK() + " is above " + MOST_TRIED + ".");
            }
            return config;
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("", e.getMessage());
        }
    }

    private static List<String> stops(JsonFields fields, String name) {
        var stops = fields.strings(name, MOST_STOPS);
        var path = fields.path(name);
        if (stops.stream().anyMatch(String::isEmpty)) throw ApiError.badRequest(path, path + " must not hold an empty string.");
        if (stops.stream().anyMatch(s -> s.length() > MOST_STOP_LENGTH))
            throw ApiError.badRequest(path, path + " holds a string of more than " + MOST_STOP_LENGTH + " characters.");
        return stops;
    }

    private static Optional<Map<List<Integer>, Double>> bias(JsonFields fields, int vocabSize) {
        return fields.any("logit_bias").map(node -> {
            if (!node.isObject()) throw fields.wrong("logit_bias", "an object of token ids and numbers from -100 to 100");
            if (node.size() > MOST_BIASES)
                throw ApiError.badRequest("logit_bias", "logit_bias holds " + node.size() + " tokens, more than " + MOST_BIASES + ".");
            var bias = new HashMap<List<Integer>, Double>();
            for (var entry : node.properties()) {
                var id = tokenId(entry.getKey(), vocabSize);
                var value = entry.getValue();
                if (!value.isNumber() || !(Math.abs(value.doubleValue()) <= 100))
                    throw ApiError.badRequest("logit_bias", "logit_bias." + id + " must be a number from -100 to 100.");
                if (value.doubleValue() != 0) bias.put(List.of(id), value.doubleValue());
            }
            return bias;
        });
    }

    private static int tokenId(String text, int vocabSize) {
        try {
            var id = Integer.parseInt(text);
            if (id >= 0 && id < vocabSize) return id;
        } catch (NumberFormatException e) {
            // said below
        }
        throw ApiError.badRequest("logit_bias", "logit_bias names a token " + (text.length() > 40 ? text.substring(0, 40) + "…" : text)
                + ", which is not one of 0.." + (vocabSize - 1) + ".");
    }
}
