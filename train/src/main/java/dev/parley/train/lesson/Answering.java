package dev.parley.train.lesson;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.Completion;
import dev.parley.model.CausalLM;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** Asks the model as a server does, taking the likeliest words: as it is, or as an adapter has changed it. */
final class Answering implements AutoCloseable {

    private static final int TOGETHER = 16; // prompts of a batch

    private final CausalLM model;
    private final Generator generator;
    private final GenerationConfig config;

    private Answering(CausalLM model, Generator generator, GenerationConfig config) {
        this.model = model;
        this.generator = generator;
        this.config = config;
    }

    /** @param adapter empty for the model as it is */
    static Answering open(Path folder, Tokenizer tokenizer, Optional<Path> adapter) throws IOException {
        var model = CausalLM.fromPretrained(folder);
        try {
            var plain = new Generator(model, tokenizer);
            return new Answering(model, adapter.map(of -> plain.withAdapter(model.loadAdapter(of))).orElse(plain),
                    likeliest(folder, model, tokenizer));
        } catch (RuntimeException | IOException | Error e) {
            model.close();
            throw e;
        }
    }

    private static GenerationConfig likeliest(Path folder, CausalLM model, Tokenizer tokenizer) throws IOException {
        var own = GenerationConfig.read(folder);
        var ends = new LinkedHashSet<>(own.eosTokenIds());
        ends.addAll(model.config().eosTokenIds());
        tokenizer.eosTokenId().ifPresent(ends::add);
        return own.withSampling(0, 0, 1, 0).withStops(List.copyOf(ends), own.stopStrings());
    }

    /**
     * The answers to prompts, in their order.
     *
     * @param longest tokens of an answer
     * @param stopped asked before each token; then fewer may come
     * @param done hears how many are there
     */
    List<Completion> answers(List<int[]> prompts, int longest, BooleanSupplier stopped, LongConsumer done) {
        var answers = new ArrayList<Completion>();
        for (int start = 0; start < prompts.size() && !stopped.getAsBoolean(); start += TOGETHER) {
            var some = prompts.subList(start, Math.min(prompts.size(), start + TOGETHER));
            answers.addAll(generator.generate(some, config.withMaxNewTokens(longest), (row, piece) -> {}, stopped));
            done.accept(answers.size());
        }
        return answers;
    }

    /** What an answer is as a row: what was asked is read, the answer is the target. */
    static TrainingRow row(Completion answer) {
        var prompt = answer.promptIds().length;
        var ids = Arrays.copyOf(answer.promptIds(), prompt + answer.ids().length);
        System.arraycopy(answer.ids(), 0, ids, prompt, answer.ids().length);
        var labels = ids.clone();
        Arrays.fill(labels, 0, prompt, TrainingRow.IGNORED);
        return TrainingRow.of(ids, labels);
    }

    @Override
    public void close() {
        model.close();
    }
}
