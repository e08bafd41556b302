package dev.parley.cli.tokenizer;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.cli.WrongUsage;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.CharacterTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer train}: learns a vocabulary from text files. */
@Command(name = "train", description = "Learn a byte-level BPE vocabulary from text files, or take their characters.",
        footer = {"", "Example:", "  ./parley tokenizer train --files book.txt --vocab-size 4096 --out my-tokenizer",
            "  ./parley tokenizer train --type char --files book.txt --out my-characters"})
final class TrainCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--files", required = true, arity = "1..*", paramLabel = "FILE", description = "Text files in UTF-8.")
    private List<Path> files;

    @Option(names = "--type", defaultValue = "bpe", paramLabel = "bpe|char",
            description = "bpe learns tokens from pairs that are met often; char makes each character a token (default ${DEFAULT-VALUE}).")
    private String type;

    @Option(names = "--vocab-size", defaultValue = "4096", paramLabel = "N",
            description = "Tokens in all: special ones, 256 bytes, merges (default ${DEFAULT-VALUE}).")
    private int vocabSize;

    @Option(names = "--min-frequency", defaultValue = "2", paramLabel = "N",
            description = "How often a pair must be met to be merged (default ${DEFAULT-VALUE}).")
    private long minFrequency;

    @Option(names = "--special-tokens", arity = "1..*", defaultValue = "<|endoftext|>", paramLabel = "TOKEN",
            description = "The first ids; the first of them ends a text (default ${DEFAULT-VALUE}).")
    private List<String> specialTokens;

    @Option(names = "--individual-digits", description = "Make each digit a piece of its own; sums are learned better so.")
    private boolean individualDigits;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that count (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write tokenizer.json into.")
    private Path out;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    TrainCommand(Output output) {
        this.output = output;
    }

    private record Result(String tokenizer, int vocab_size, long bytes, double seconds) {}

    @Override
    public Integer call() throws IOException {
        if (!List.of("bpe", "char").contains(type)) throw new WrongUsage("--type " + type + " is neither bpe nor char.");
        var bytes = TextPieces.bytes(files);
        if (bytes == 0) throw new IllegalArgumentException(files.getFirst() + " contains no text; name other files.");
        var started = System.nanoTime();
        try (var progress = Progress.of("reading", bytes, output);
                var texts = new TextPieces(files, read -> progress.at(read, ""))) {
            train(texts).save(out);
        }
        var vocabulary = dev.parley.tokenizer.Tokenizer.load(out).vocabSize();
        var result = new Result(out.toString(), vocabulary, bytes, (System.nanoTime() - started) / 1e9);
        if (json) output.json(result);
        else output.line(String.format(Locale.ROOT, "%s: %d tokens from %,d bytes in %.1f s", out, vocabulary, bytes, result.seconds()));
        if (type.equals("bpe") && vocabulary < vocabSize) {
            output.note(
                    "The text holds no more pairs met " + minFrequency + " times: " + vocabulary + " tokens instead of " + vocabSize + ".");
        }
        return Parley.DONE;
    }

    private dev.parley.tokenizer.Tokenizer train(Iterator<String> texts) {
        return type.equals("char") ? new CharacterTrainer(specialTokens).train(texts)
                : new BpeTrainer(vocabSize, minFrequency, specialTokens, individualDigits, threads).train(texts);
    }
}
