package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.strategy.Completion;
import dev.parley.grammar.Constraints;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parley generate}: continues a text. */
@Command(name = "generate", description = "Continues a text, token by token.",
        footer = {"", "Example:",
            "  ./parley generate --model my-model --prompt \"Once upon a time\" --max-new-tokens 40 --temperature 0.8"})
final class GenerateCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    ModelOptions model;

    @Mixin
    SamplingOptions sampling;

    @ArgGroup(multiplicity = "1")
    Prompt prompt;

    /** One of the three ways to give a prompt. */
    static final class Prompt {

        @Option(names = "--prompt", paramLabel = "TEXT", description = "The text to continue; special tokens written in it are recognised.")
        String text;

        @Option(names = "--ids", paramLabel = "1,2,3", description = "The same as token ids; works without a tokenizer.")
        String ids;

        @Option(names = "--ids-file", paramLabel = "FILE", description = "Several prompts, a JSON array of token ids in each line.")
        Path idsFile;
    }

    @Option(names = "--num-return-sequences", paramLabel = "N", defaultValue = "1",
            description = "Answers to each prompt. Default: ${DEFAULT-VALUE}.")
    int numReturnSequences;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    GenerateCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (numReturnSequences < 1) throw new WrongUsage("--num-return-sequences " + numReturnSequences + " is below 1.");
        model.find(output);
        var given = sampling.config(GenerationConfig.read(model.folder())).toBuilder().numReturnSequences(numReturnSequences).build();
        var start = System.nanoTime();
        var reading = Background.start(() -> prompt.text != null ? Optional.of(model.requireTokenizer()) : model.tokenizer());
        try (var loaded = model.load(); var draft = sampling.draft(model.engine, output)) {
            var tokenizer = reading.result();
            var loadSeconds = seconds(start);
            var config = EngineOptions.withEnds(given, loaded, tokenizer);
            var prompts = prompts(tokenizer);
            var began = System.nanoTime();
            var firstToken = new double[1];
            var asked = new int[1];
            BooleanSupplier cancelled = () -> {
                if (++asked[0] == 2) firstToken[0] = seconds(began);
                return false;
            };
            if (streams(prompts) && prompt.text != null) output.stream(prompt.text);
            var tickets = new ArrayList<Ticket>();
            try (var engine = InferenceEngine.onThisThread(loaded, tokenizer, tokenizer.map(Constraints::new), draft.model(), cancelled)) {
                for (var ids : prompts) tickets.add(engine.submit(TextRequest.of(ids, config), listener(prompts)));
                engine.finish();
            }
            var completions = tickets.stream().flatMap(ticket -> ticket.answer().join().completions().stream()).toList();
            var decodeSeconds = seconds(began) - firstToken[0];
            if (json) {
                output.json(result(completions, loadSeconds, firstToken[0], decodeSeconds));
            } else {
                print(completions, tokenizer);
            }
        }
        return Parley.DONE;
    }

    /** Whether the text is shown as it comes: it is the only one. */
    private boolean streams(List<int[]> prompts) {
        return !json && prompts.size() == 1 && numReturnSequences == 1;
    }

    private InferenceEngine.Listener listener(List<int[]> prompts) {
        if (!streams(prompts)) return (row, ids, logprobs, text) -> {};
        return (row, ids, logprobs, text) -> output.stream(text);
    }

    private List<int[]> prompts(Optional<Tokenizer> tokenizer) throws IOException {
        return prompt.text != null ? List.of(tokenizer.orElseThrow().encodeForModel(prompt.text))
                : prompt.ids != null ? List.of(IdRows.parse(prompt.ids)) : IdRows.read(prompt.idsFile);
    }

    private void print(List<Completion> completions, Optional<Tokenizer> tokenizer) {
        if (completions.size() == 1 && tokenizer.isPresent()) {
            output.line("");
            return;
        }
        for (var completion : completions) {
            output.line(tokenizer.isPresent() ? completion.text() : java.util.Arrays.toString(completion.ids()));
        }
    }

    private com.fasterxml.jackson.databind.node.ObjectNode result(List<Completion> completions, double load, double prefill,
            double decode) {
        var result = JsonNodeFactory.instance.objectNode().put("model", model.name);
        var outputs = result.putArray("outputs");
        int promptTokens = 0, newTokens = 0;
        for (var completion : completions) {
            var output = outputs.addObject();
            IdRows.fill(output.putArray("prompt_ids"), completion.promptIds());
            IdRows.fill(output.putArray("ids"), completion.ids());
            output.put("text", completion.text()).put("finish_reason", completion.finishReason().label());
            promptTokens += completion.promptIds().length;
            newTokens += completion.ids().length;
        }
        result.putObject("usage").put("prompt_tokens", promptTokens).put("completion_tokens", newTokens);
        result.putObject("timing").put("load_s", load).put("prefill_s", prefill).put("decode_s", decode)
                .put("tokens_per_second", newTokens / Math.max(1e-9, prefill + decode));
        return result;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
