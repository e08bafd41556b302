package dev.parley.cli;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
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

    @Option(names = "--typical-p", paramLabel = "X", description = "Draw from those whose surprise is nearest to the expected, up to X together.")
    Double typicalP;

    @Option(names = "--epsilon-cutoff", paramLabel = "X", description = "Draw from those at least this likely.")
    Double epsilonCutoff;

    @Option(names = "--eta-cutoff", paramLabel = "X", description = "The same with a limit that falls where the choice is wide.")
    Double etaCutoff;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "Taken from the score of each token that is there already.")
    Double presencePenalty;

    @Option(names = "--frequency-penalty", paramLabel = "X", description = "Taken from it as often as it is there.")
    Double frequencyPenalty;

    @Option(names = "--no-repeat-ngram-size", paramLabel = "N", description = "No N tokens in a row come twice.")
    Integer noRepeatNgramSize;

    @Option(names = "--max-time", paramLabel = "SECONDS", description = "End after so many seconds.")
    Double maxTime;

    @Option(names = "--num-beams", paramLabel = "N", description = "Follow N texts at once and keep the likeliest.")
    Integer numBeams;

    @Option(names = "--length-penalty", paramLabel = "X", description = "Compare beams by ln p / length^X.")
    Double lengthPenalty;

    @Option(names = "--prompt-lookup-num-tokens", paramLabel = "N", description = "Guess N tokens at a time from the text itself; the same text, sooner where it repeats.")
    Integer promptLookupNumTokens;

    @Option(names = "--penalty-alpha", paramLabel = "X", description = "Contrastive search: likeness to the text so far counts X, among the --top-k likeliest.")
    Double penaltyAlpha;

    @Option(names = "--draft-model", paramLabel = "MODEL", description = "A smaller model of the same tokenizer that guesses tokens ahead; the same text, sooner where it guesses well.")
    String draftModel;

    @Option(names = "--num-assistant-tokens", paramLabel = "N", description = "Tokens that the draft model guesses at a time. Default: 4.")
    Integer numAssistantTokens;

    @Option(names = "--repetition-penalty", paramLabel = "X", description = "Above 1, tokens that are there become less likely.")
    Double repetitionPenalty;

    @Option(names = "--seed", paramLabel = "N", description = "Of the draws: the same seed gives the same text.")
    Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the answer; may be given several times.")
    List<String> stop = List.of();

    @Option(names = "--ignore-eos", description = "Go on after a token that ends a text.")
    boolean ignoreEos;

    @ArgGroup
    GrammarOptions grammar;

    /** A model's recommendations with what was given on the command line. */
    GenerationConfig config(GenerationConfig recommended) throws IOException {
        var b = recommended.toBuilder();
        given(maxNewTokens, b::maxNewTokens);
        given(minNewTokens, b::minNewTokens);
        given(temperature, b::temperature);
        given(topK, b::topK);
        given(topP, b::topP);
        given(minP, b::minP);
        given(typicalP, b::typicalP);
        given(epsilonCutoff, b::epsilonCutoff);
        given(etaCutoff, b::etaCutoff);
        given(repetitionPenalty, b::repetitionPenalty);
        given(presencePenalty, b::presencePenalty);
        given(frequencyPenalty, b::frequencyPenalty);
        given(noRepeatNgramSize, b::noRepeatNgramSize);
        given(maxTime, b::maxTime);
        given(numBeams, b::numBeams);
        given(lengthPenalty, b::lengthPenalty);
        given(penaltyAlpha, b::penaltyAlpha);
        given(numAssistantTokens, b::numAssistantTokens);
        given(promptLookupNumTokens, b::promptLookupNumTokens);
        given(seed, b::seed);
        if (grammar != null) b.grammar(grammar.read());
        if (!stop.isEmpty()) b.stopStrings(stop);
        return b.ignoreEos(ignoreEos).build();
    }

    /** The draft model, loaded as the model itself is, or none. */
    Draft draft(EngineOptions engine, Output output) {
        return new Draft(draftModel == null ? Optional.empty() : Optional.of(engine.load(Downloads.model(draftModel, output))));
    }

    /** A smaller model that guesses, where one was named. */
    record Draft(Optional<CausalLM> model) implements AutoCloseable {

        /** The generator with the model's guesses. */
        Generator with(Generator generator) {
            return model.map(generator::withDraftModel).orElse(generator);
        }

        @Override
        public void close() {
            model.ifPresent(CausalLM::close);
        }
    }

    private static <T> void given(T value, Consumer<T> option) {
        if (value != null) option.accept(value);
    }
}
