package dev.parley.cli.tokenizer;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer encode}: text to ids; special tokens that are written in it are recognised, none is added. */
@Command(name = "encode", description = "Turn text into token ids. Special tokens in the text are recognised; none are added.",
        footer = {"", "Example:", "  ./parley tokenizer encode --tokenizer gpt2 --jsonl texts.jsonl > ids.jsonl"})
final class EncodeCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR|FILE|gpt2|ORG/NAME",
            description = "A model folder, a tokenizer.json, gpt2, or a model of the hub.")
    private String tokenizer;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Input input;

    @Option(names = "--json", description = "With --text: write {\"ids\":[...]} instead of ids separated by spaces.")
    private boolean json;

    /** Where the text comes from. */
    private static final class Input {
        @Option(names = "--text", paramLabel = "TEXT", description = "One text.")
        private String text;

        @Option(names = "--jsonl", paramLabel = "FILE",
                description = "Lines {\"text\":...}, - for standard input; writes {\"ids\":[...]} for each.")
        private Path jsonl;
    }

    EncodeCommand(Output output) {
        this.output = output;
    }

    private record Ids(int[] ids) {}

    @Override
    public Integer call() throws IOException {
        var encoder = Downloads.tokenizer(tokenizer, output);
        if (input.text == null) {
            JsonLines.read(input.jsonl, line -> output.json(new Ids(encoder.encodeWithSpecialTokens(line.text()))));
            return Parley.DONE;
        }
        var ids = encoder.encodeWithSpecialTokens(input.text);
        if (json) output.json(new Ids(ids));
        else output.line(Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
        return Parley.DONE;
    }
}
