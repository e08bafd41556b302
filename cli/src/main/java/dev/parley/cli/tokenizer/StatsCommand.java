package dev.parley.cli.tokenizer;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer stats}: how well a vocabulary fits a text. */
@Command(name = "stats",
        description = "Measure how well a vocabulary fits text files: bytes per token, and how much of the vocabulary is used.",
        footer = {"", "Example:", "  ./parley tokenizer stats --tokenizer gpt2 --files book.txt"})
final class StatsCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR|FILE|gpt2|ORG/NAME",
            description = "A model folder, a tokenizer.json, gpt2, or a model of the hub.")
    private String tokenizer;

    @Option(names = "--files", required = true, arity = "1..*", paramLabel = "FILE", description = "Text files in UTF-8.")
    private List<Path> files;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    StatsCommand(Output output) {
        this.output = output;
    }

    private record Stats(int vocab_size, long bytes, long tokens, double bytes_per_token, int used_tokens, double seconds) {}

    @Override
    public Integer call() throws IOException {
        var encoder = Downloads.tokenizer(tokenizer, output);
        var bytes = TextPieces.bytes(files);
        if (bytes == 0) throw new IllegalArgumentException(files.getFirst() + " contains no text; name other files.");
        var stats = count(encoder, bytes);
        if (json) output.json(stats);
        else output.line(String.format(Locale.ROOT,
                "%,d bytes are %,d tokens: %.3f bytes a token; %,d of %,d tokens of the vocabulary are used (%.1f s)",
                bytes, stats.tokens(), stats.bytes_per_token(), stats.used_tokens(), stats.vocab_size(), stats.seconds()));
        return Parley.DONE;
    }

    private Stats count(Tokenizer encoder, long bytes) throws IOException {
        var used = new BitSet(encoder.vocabSize());
        var tokens = 0L;
        var started = System.nanoTime();
        try (var progress = Progress.of("encoding", bytes, output);
                var texts = new TextPieces(files, read -> progress.at(read, ""))) {
            while (texts.hasNext()) {
                var ids = encoder.encodeWithSpecialTokens(texts.next());
                tokens += ids.length;
                for (var id : ids) used.set(id);
            }
        }
        return new Stats(encoder.vocabSize(), bytes, tokens, (double) bytes / tokens, used.cardinality(),
                (System.nanoTime() - started) / 1e9);
    }
}
