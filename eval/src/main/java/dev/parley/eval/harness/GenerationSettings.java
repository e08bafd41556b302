package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.GenerationConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What a task's generation_kwargs mean to the engine.
 *
 * @param maxNewTokens room that is kept for the answer
 * @param until texts that end an answer; they do not belong to it
 */
record GenerationSettings(int maxNewTokens, List<String> until, GenerationConfig config) {

    /** That tool's default. */
    static final int MAX_NEW_TOKENS = 256;

    /**
     * @param ends tokens that end an answer
     */
    static GenerationSettings of(JsonNode written, List<Integer> ends) {
        var tokens = MAX_NEW_TOKENS;
        for (var name : List.of("max_completion_tokens", "max_tokens", "max_new_tokens", "max_gen_toks"))
            if (written.hasNonNull(name)) tokens = written.get(name).asInt();
        var until = new ArrayList<String>();
        for (var text : written.path("until").isTextual() ? List.of(written.get("until")) : written.path("until"))
            if (!text.asText().isEmpty()) until.add(text.asText());
        var temperature = written.path("temperature").asDouble(0);
        var samples = written.has("do_sample") ? written.get("do_sample").asBoolean() : temperature > 0;
        var config = GenerationConfig.builder().maxNewTokens(tokens).eosTokenIds(ends).stopStrings(until)
                .temperature(samples ? written.has("temperature") ? temperature : 1 : 0);
        if (samples && written.hasNonNull("top_p")) config.topP(written.get("top_p").asDouble());
        if (samples && written.hasNonNull("top_k")) config.topK(written.get("top_k").asInt());
        return new GenerationSettings(tokens, until, config.build());
    }
}
