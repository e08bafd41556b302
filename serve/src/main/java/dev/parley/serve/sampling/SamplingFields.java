package dev.parley.serve.sampling;

import dev.parley.generate.config.GenerationConfig;
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

    private static final int MOST_STOPS = 16;
    private static final int MOST_STOP_LENGTH = 1_000;
    private static final int MOST_BIASES = 1_024;
    private static final double COLDEST = 1e-4; // what is below draws the likeliest token, and would only overflow
    /** Texts that one request may ask for. */
    public static final int MOST_CHOICES = 16;

    private SamplingFields() {}

    /**
     * A model's defaults with what a request says.
     *
     * @throws ApiError if a field cannot be honoured
     */
    public static GenerationConfig.Builder settings(JsonFields fields, GenerationConfig defaults, int vocabSize) {
        var b = defaults.toBuilder().numBeams(1).penaltyAlpha(0).promptLookupNumTokens(0);
        fields.real("temperature", 0, 2).ifPresent(t -> b.temperature(t < COLDEST ? 0 : t));
        fields.real("top_p", 0, 1).ifPresent(p -> b.topP(Math.max(p, 1e-9)));
        fields.integer("top_k", -1, Integer.MAX_VALUE).ifPresent(k -> b.topK(Math.max(k, 0)));
        fields.real("min_p", 0, 1).ifPresent(b::minP);
        fields.real("presence_penalty", -2, 2).ifPresent(b::presencePenalty);
        fields.real("frequency_penalty", -2, 2).ifPresent(b::frequencyPenalty);
        fields.real("repetition_penalty", 0.01, 100).ifPresent(b::repetitionPenalty);
        fields.integer("n", 1, MOST_CHOICES).ifPresent(b::numReturnSequences);
        fields.integer("min_tokens", 0, Integer.MAX_VALUE).ifPresent(b::minNewTokens);
        if (fields.any("ignore_eos").isPresent()) b.ignoreEos(fields.flag("ignore_eos"));
        var seed = fields.whole("seed");
        b.seed(seed.orElseGet(() -> ThreadLocalRandom.current().nextLong()));
        var stops = new ArrayList<>(defaults.stopStrings()); // those of the model are a part of how it speaks
        stops.addAll(stops(fields));
        b.stopStrings(stops);
        bias(fields, vocabSize).ifPresent(b::sequenceBias);
        return b;
    }

    /**
     * The finished settings.
     *
     * @throws ApiError if they contradict each other
     */
    public static GenerationConfig build(GenerationConfig.Builder settings) {
        try {
            return settings.build();
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("", e.getMessage());
        }
    }

    private static List<String> stops(JsonFields fields) {
        var stops = fields.strings("stop", MOST_STOPS);
        if (stops.stream().anyMatch(String::isEmpty)) throw ApiError.badRequest("stop", "stop must not hold an empty string.");
        if (stops.stream().anyMatch(s -> s.length() > MOST_STOP_LENGTH)) throw ApiError.badRequest("stop", "stop holds a string of more than " + MOST_STOP_LENGTH + " characters.");
        return stops;
    }

    private static Optional<Map<List<Integer>, Double>> bias(JsonFields fields, int vocabSize) {
        return fields.any("logit_bias").map(node -> {
            if (!node.isObject()) throw fields.wrong("logit_bias", "an object of token ids and numbers from -100 to 100");
            if (node.size() > MOST_BIASES) throw ApiError.badRequest("logit_bias", "logit_bias holds " + node.size() + " tokens, more than " + MOST_BIASES + ".");
            var bias = new HashMap<List<Integer>, Double>();
            for (var entry : node.properties()) {
                var id = tokenId(entry.getKey(), vocabSize);
                var value = entry.getValue();
                if (!value.isNumber() || !(Math.abs(value.doubleValue()) <= 100)) throw ApiError.badRequest("logit_bias", "logit_bias." + id + " must be a number from -100 to 100.");
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
        throw ApiError.badRequest("logit_bias", "logit_bias names a token " + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + ", which is not one of 0.." + (vocabSize - 1) + ".");
    }
}
