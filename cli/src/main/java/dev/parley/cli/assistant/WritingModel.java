package dev.parley.cli.assistant;

import dev.parley.cli.EngineOptions;
import dev.parley.cli.SamplingOptions;
import dev.parley.cli.WrongUsage;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that writes texts whose form the command itself says.
 *
 * @param config what the command line asks for, over what the model recommends, with the tokens that end a text
 */
record WritingModel(CausalLM model, Tokenizer tokenizer, GenerationConfig config) implements AutoCloseable {

    /**
     * What the command line asks for, over what the model recommends.
     *
     * @param whoSaysTheForm a sentence for who asks for another one by an option of sampling
     */
    static GenerationConfig settings(Path folder, SamplingOptions sampling, String whoSaysTheForm) throws IOException {
        var given = sampling.config(GenerationConfig.read(folder));
        if (given.grammar().isPresent()) throw new WrongUsage(whoSaysTheForm);
        return given;
    }

    /** Loads it. */
    static WritingModel open(Path folder, EngineOptions engine, GenerationConfig given) {
        var tokenizer = EngineOptions.requireTokenizer(folder);
        var model = engine.load(folder);
        return new WritingModel(model, tokenizer, EngineOptions.withEnds(given, model, Optional.of(tokenizer)));
    }

    @Override
    public void close() {
        model.close();
    }
}
