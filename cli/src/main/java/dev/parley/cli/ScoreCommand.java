package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.Likelihood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code parley score}: how likely a model finds a text. */
@Command(name = "score", description = "Show how probable a text is to a model: loss, perplexity, bits per byte.",
        footer = {"", "A text longer than the context is read in windows of the context's length.",
            "Example:  ./parley score --model my-model --text \"a domestic animal\""})
final class ScoreCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    ModelOptions model;

    @ArgGroup(multiplicity = "1")
    Source source;

    /** One of the ways to give a text. */
    static final class Source {

        @Option(names = "--text", paramLabel = "TEXT", description = "The text.")
        String text;

        @Option(names = "--file", paramLabel = "FILE", description = "A file of UTF-8 text.")
        Path file;

        @Option(names = "--ids", paramLabel = "1,2,3", description = "Token ids.")
        String ids;

        @Option(names = "--ids-file", paramLabel = "FILE", description = "Several texts: a JSON array of token ids on each line.")
        Path idsFile;
    }

    @Option(names = "--per-token", description = "Show the log-probability of each token.")
    boolean perToken;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    boolean json;

    ScoreCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        model.find(output);
        var text = source.text != null ? Optional.of(source.text)
                : source.file != null ? Optional.of(Files.readString(source.file)) : Optional.<String>empty();
        var tokenizer = text.isPresent() ? Optional.of(model.requireTokenizer()) : model.tokenizer();
        var rows = text.isPresent() ? List.of(tokenizer.orElseThrow().encodeForModel(text.get()))
                : source.ids != null ? List.of(IdRows.parse(source.ids)) : IdRows.read(source.idsFile);
        try (var loaded = model.load()) {
            var results = new ArrayList<ObjectNode>();
            for (var ids : rows) results.add(row(Likelihood.of(loaded, tokenizer, ids)));
            if (json) {
                var many = JsonNodeFactory.instance.objectNode();
                var array = many.putArray("rows");
                results.forEach(array::add);
                output.json(source.idsFile == null ? results.getFirst() : many);
            } else {
                results.forEach(this::print);
            }
        }
        return Parley.DONE;
    }

    private ObjectNode row(Likelihood likelihood) {
        var row = JsonNodeFactory.instance.objectNode().put("tokens", likelihood.tokens()).put("nll", likelihood.nll())
                .put("loss", likelihood.loss())
                .put("perplexity", likelihood.perplexity());
        likelihood.bitsPerByte().ifPresentOrElse(b -> row.put("bits_per_byte", b), () -> row.putNull("bits_per_byte"));
        if (perToken) {
            var logprobs = row.putArray("logprobs");
            for (var logprob : likelihood.logprobs()) logprobs.add(logprob);
        }
        return row;
    }

    private void print(ObjectNode row) {
        output.line(String.format(Locale.ROOT, "%d tokens  loss %.4f  perplexity %.2f  bits per byte %s", row.path("tokens").asInt(),
                row.path("loss").asDouble(), row.path("perplexity").asDouble(),
                row.path("bits_per_byte").isNull() ? "-" : String.format(Locale.ROOT, "%.4f", row.path("bits_per_byte").asDouble())));
        if (row.has("logprobs")) output.line(row.path("logprobs").toString());
    }
}
