package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.strategy.Completion;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    AdapterOption adapter;

    @Mixin
    ModelOptions model;

    @Mixin
    SamplingOptions sampling = SamplingOptions.ofAll();

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

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    GenerateCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        model.find(output);
        var given = sampling.config(GenerationConfig.read(model.folder()));
        var start = System.nanoTime();
        var reading = Background.start(() -> prompt.text != null ? Optional.of(model.requireTokenizer()) : model.tokenizer());
        try (var loaded = model.load(); var draft = sampling.draft(model.engine, output)) {
            var tokenizer = reading.result();
            var loadSeconds = seconds(start);
            var config = EngineOptions.withEnds(given, loaded, tokenizer);
            var plain = tokenizer.map(t -> new Generator(loaded, t)).orElseGet(() -> new Generator(loaded));
            var drafting = draft.model().map(plain::withDraftModel).orElse(plain);
            var generator = adapter.load(loaded).map(drafting::withAdapter).orElse(drafting);
            var prompts = prompts(tokenizer);
            var streams = !json && prompts.size() == 1 && config.numReturnSequences() == 1;
            if (streams && prompt.text != null) output.stream(prompt.text);
            var began = System.nanoTime();
            var answers = generator.answers(prompts, config, (row, piece) -> {
                if (streams) output.stream(piece);
            }, () -> false);
            if (json) output.json(result(answers, loadSeconds, seconds(began)));
            else print(answers.stream().flatMap(answer -> answer.completions().stream()).toList(), tokenizer);
        }
        return Parley.DONE;
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
            output.line(tokenizer.isPresent() ? completion.text() : Arrays.toString(completion.ids()));
        }
    }

    private ObjectNode result(List<Answer> answers, double load, double seconds) {
        var result = JsonNodeFactory.instance.objectNode().put("model", model.name);
        var outputs = result.putArray("outputs");
        int promptTokens = 0, newTokens = 0;
        for (var completion : answers.stream().flatMap(answer -> answer.completions().stream()).toList()) {
            var output = outputs.addObject();
            IdRows.fill(output.putArray("prompt_ids"), completion.promptIds());
            IdRows.fill(output.putArray("ids"), completion.ids());
            output.put("text", completion.text()).put("finish_reason", completion.finishReason().label());
            promptTokens += completion.promptIds().length;
            newTokens += completion.ids().length;
        }
        var prefill = prefillSeconds(answers);
        result.putObject("usage").put("prompt_tokens", promptTokens).put("completion_tokens", newTokens);
        result.putObject("timing").put("load_s", load).put("prefill_s", prefill).put("decode_s", seconds - prefill)
                .put("tokens_per_second", newTokens / Math.max(1e-9, seconds));
        return result;
    }

    /** Until every prompt was read and had its first token. */
    private static double prefillSeconds(List<Answer> answers) {
        return answers.stream().flatMap(answer -> answer.timing().firstToken().stream()).mapToDouble(time -> time.toNanos() / 1e9).max()
                .orElse(0);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
