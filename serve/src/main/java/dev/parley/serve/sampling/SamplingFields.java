package dev.parley.serve.sampling;

import static dev.parley.generate.config.GenerationSettings.MAX_NEW_TOKENS;
import static dev.parley.generate.config.GenerationSettings.NUM_BEAMS;
import static dev.parley.generate.config.GenerationSettings.NUM_RETURN_SEQUENCES;
import static dev.parley.generate.config.GenerationSettings.PENALTY_ALPHA;
import static dev.parley.generate.config.GenerationSettings.SEED;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The fields that say how an answer is drawn, for all routes that make text. */
public final class SamplingFields {

    /** Texts that end an answer that one request may name. */
    static final int MOST_STOPS = 16;
    private static final int MOST_STOP_LENGTH = 1_000;
    private static final int MOST_BIASES = 1_024;
    private static final double COLDEST = 1e-4; // what is below draws the likeliest token, and would only overflow
    /** Texts that one request may ask for. */
    public static final int MOST_CHOICES = 16;

    /** Tokens that contrastive search may try in each step. */
    private static final int MOST_TRIED = 16;

    private SamplingFields() {}

    /**
     * A model's defaults with what a request says.
     *
     * @throws ApiError if a field cannot be honoured
     */
    public static GenerationConfigBuilder settings(JsonFields fields, GenerationConfig defaults, int vocabSize) {
        var b = defaults.toBuilder().numBeams(1).penaltyAlpha(0);
        for (var setting : GenerationSettings.all()) {
            // each route has limits of its own
            if (setting != MAX_NEW_TOKENS) setting.doors().field().ifPresent(field -> read(fields, field, setting, b));
        }
        b.seed(fields.whole(SEED.name()).orElseGet(() -> ThreadLocalRandom.current().nextLong()));
        var stops = new ArrayList<>(defaults.stopStrings()); // those of the model are a part of how it speaks
        stops.addAll(stops(fields));
        b.stopStrings(stops);
        bias(fields, vocabSize).ifPresent(b::sequenceBias);
        return b;
    }

    /** A number or flag; what is out of the setting's own range, such as -1 for no top-k, counts as the nearest that is in it. */
    private static void read(JsonFields fields, Setting.Field field, Setting<?> setting, GenerationConfigBuilder b) {
        var name = field.name();
        var range = field.range();
        INTEGER.of(setting).ifPresent(whole -> fields.integer(name, (int) range.least(), (int) range.most())
                .ifPresent(v -> b.set(whole, (int) whole.range().nearest(v))));
        NUMBER.of(setting).ifPresent(real -> fields.real(name, range.least(), range.most())
                .ifPresent(v -> b.set(real, real == TEMPERATURE && v < COLDEST ? 0 : real.range().nearest(v))));
        FLAG.of(setting).filter(flag -> fields.any(name).isPresent()).ifPresent(flag -> b.set(flag, fields.flag(name)));
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

    private static List<String> stops(JsonFields fields) {
        var stops = fields.strings("stop", MOST_STOPS);
        if (stops.stream().anyMatch(String::isEmpty)) throw ApiError.badRequest("stop", "stop must not hold an empty string.");
        if (stops.stream().anyMatch(s -> s.length() > MOST_STOP_LENGTH))
            throw ApiError.badRequest("stop", "stop holds a string of more than " + MOST_STOP_LENGTH + " characters.");
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
