package dev.parley.cli;

import dev.parley.generate.GenerationConfig;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say how to choose tokens; what is not given comes from the model's generation_config.json. */
final class SamplingOptions {

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Tokens to make at most. Default: to the end of the context.")
    Integer maxNewTokens;

    @Option(names = "--min-new-tokens", paramLabel = "N", description = "Tokens before the answer may end.")
    Integer minNewTokens;

    @Option(names = "--temperature", paramLabel = "X", description = "0 always takes the likeliest token; higher is more varied.")
    Double temperature;

    @Option(names = "--top-k", paramLabel = "N", description = "Draw from the N likeliest.")
    Integer topK;

    @Option(names = "--top-p", paramLabel = "X", description = "Draw from the likeliest whose probabilities come to X.")
    Double topP;

    @Option(names = "--min-p", paramLabel = "X", description = "Draw from those at least X times as likely as the likeliest.")
    Double minP;

    @Option(names = "--repetition-penalty", paramLabel = "X", description = "Above 1, tokens that are there become less likely.")
    Double repetitionPenalty;

    @Option(names = "--seed", paramLabel = "N", description = "Of the draws: the same seed gives the same text.")
    Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the answer; may be given several times.")
    List<String> stop = List.of();

    @Option(names = "--ignore-eos", description = "Go on after a token that ends a text.")
    boolean ignoreEos;

    /** A model's recommendations with what was given on the command line. */
    GenerationConfig config(GenerationConfig recommended) {
        var c = recommended;
        if (maxNewTokens != null) c = c.withMaxNewTokens(maxNewTokens);
        if (minNewTokens != null) c = c.withMinNewTokens(minNewTokens);
        c = c.withSampling(temperature != null ? temperature : c.temperature(), topK != null ? topK : c.topK(),
                topP != null ? topP : c.topP(), minP != null ? minP : c.minP());
        if (repetitionPenalty != null) c = c.withRepetitionPenalty(repetitionPenalty);
        if (seed != null) c = c.withSeed(seed);
        return c.withStops(c.eosTokenIds(), stop).withIgnoreEos(ignoreEos);
    }
}
