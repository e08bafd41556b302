package dev.parley.bench;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A model of the user's that continues texts, or answers, alone and with a smaller one that drafts for it, greedy and by chance, in turn.
 * The texts must be the same.
 */
final class DraftBench {

    private static final int TOKENS = 128;
    private static final int TURNS = 5;
    private static final List<String> PROMPTS = List.of(DecodeBench.SENTENCE);

    private final CausalLM model;
    private final CausalLM draft;
    private final List<int[]> prompts;
    private final Consumer<String> note;

    /**
     * What is measured.
     *
     * @param prompts a file with one a line, which a chat model is asked and another continues
     * @param together tokens that are drafted at a time
     */
    record Given(Path model, Path draft, Optional<Path> prompts, Optional<Integer> together) {}

    private DraftBench(CausalLM model, CausalLM draft, List<int[]> prompts, Consumer<String> note) {
        this.model = model;
        this.draft = draft;
        this.prompts = prompts;
        this.note = note;
    }

    static List<BenchRow> rows(Given given, Consumer<String> note) throws IOException {
        var tokenizer = Tokenizer.load(given.model());
        var texts = given.prompts().isPresent()
                ? Files.readAllLines(given.prompts().get()).stream().filter(line -> !line.isBlank()).toList()
                : PROMPTS;
        var prompts = texts.stream().map(text -> prompt(tokenizer, text)).toList();
        if (prompts.isEmpty()) throw new IllegalArgumentException(given.prompts().get() + " has no prompt: one is to stand in each line.");
        var config = GenerationConfig.read(given.model()).withMaxNewTokens(TOKENS).toBuilder();
        var greedy = given.together().map(config::numAssistantTokens).orElse(config).temperature(0).build();
        try (var model = CausalLM.fromPretrained(given.model()); var draft = CausalLM.fromPretrained(given.draft())) {
            var bench = new DraftBench(model, draft, prompts, note);
            var rows = new ArrayList<BenchRow>();
            var name = given.model().getFileName() + " with drafts of " + greedy.numAssistantTokens() + " by "
                    + given.draft().getFileName();
            rows.addAll(bench.rows(name + ", greedy", greedy));
            rows.addAll(bench.rows(name + ", temperature 1", greedy.toBuilder().temperature(1).seed(1).build()));
            return rows;
        }
    }

    private static int[] prompt(Tokenizer tokenizer, String text) {
        return tokenizer.chatTemplate()
                .map(template -> template.ids(tokenizer, ChatTemplateInput.of(List.of(Message.user(text))).withGenerationPrompt(true)))
                .orElseGet(() -> tokenizer.encodeForModel(text));
    }

    /** What all prompts took: tokens after the first of each, the seconds for these, and the model's passes. */
    private record Run(List<int[]> texts, long tokens, double seconds, long passes) {

        double speed() {
            return tokens / seconds;
        }
    }

    private List<BenchRow> rows(String name, GenerationConfig config) {
        Generator alone = new Generator(model), drafting = alone.withDraftModel(draft);
        double[] ours = new double[TURNS], plain = new double[TURNS];
        var each = 0.0;
        for (int turn = -1; turn < TURNS; turn++) { // one turn to warm up
            Run without = run(alone, config), with = run(drafting, config);
            requireSame(without, with);
            if (turn < 0) continue;
            ours[turn] = with.speed();
            plain[turn] = without.speed();
            each = (double) with.tokens() / with.passes();
            note.accept(String.format(Locale.ROOT, "%s: %.1f tokens/s, alone %.1f", name, ours[turn], plain[turn]));
        }
        return List.of(
                new BenchRow(name, BenchRow.median(ours), "tokens/s", Optional.of(new BenchRow.Named("alone", BenchRow.median(plain))),
                        Optional.empty()),
                new BenchRow(name + ", tokens of a pass", each, "tokens", Optional.empty(), Optional.empty()));
    }

    private Run run(Generator generator, GenerationConfig config) {
        var texts = new ArrayList<int[]>();
        long tokens = 0, nanos = 0;
        var passes = new long[1];
        for (var prompt : prompts) {
            var first = new long[1];
            var asked = new int[1];
            var answer = generator.generate(List.of(prompt), config, (row, piece) -> {}, () -> {
                if (++asked[0] == 2) first[0] = System.nanoTime();
                return false;
            }).getFirst();
            if (first[0] == 0) continue; // it ended with its first token
            nanos += System.nanoTime() - first[0];
            tokens += answer.ids().length - 1;
            passes[0] += asked[0] - 1;
            texts.add(answer.ids());
        }
        if (tokens == 0) throw new IllegalArgumentException("The model ends every text with its first token: give it other prompts.");
        return new Run(texts, tokens, nanos / 1e9, passes[0]);
    }

    /** @throws IllegalStateException where drafts change a text */
    private static void requireSame(Run without, Run with) {
        for (int i = 0; i < without.texts().size(); i++) {
            if (!Arrays.equals(without.texts().get(i), with.texts().get(i)))
                throw new IllegalStateException("With drafts, text " + i + " is another one; they must not change it.");
        }
    }
}
