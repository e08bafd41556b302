package dev.parley.cli.tokenizer;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenizer decode}: ids to text. */
@Command(name = "decode", description = "Turn token ids into text. Bytes that are not valid UTF-8 become U+FFFD.",
        footer = {"", "Example:", "  ./parley tokenizer decode --tokenizer gpt2 --ids 2514,307"})
final class DecodeCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR|FILE|gpt2|ORG/NAME",
            description = "A model folder, a tokenizer.json, gpt2, or a model of the hub.")
    private String tokenizer;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Input input;

    @Option(names = "--skip-special-tokens", description = "Leave special tokens out of the text.")
    private boolean skipSpecialTokens;

    @Option(names = "--json", description = "With --ids: write {\"text\":...} instead of the text itself.")
    private boolean json;

    /** Where the ids come from. */
    private static final class Input {
        @Option(names = "--ids", split = ",", paramLabel = "ID", description = "Ids, separated by commas.")
        private int[] ids;

        @Option(names = "--jsonl", paramLabel = "FILE",
                description = "Lines {\"ids\":[...]}, - for standard input; writes {\"text\":...} for each.")
        private Path jsonl;
    }

    DecodeCommand(Output output) {
        this.output = output;
    }

    private record Text(String text) {}

    @Override
    public Integer call() throws IOException {
        var decoder = Downloads.tokenizer(tokenizer, output);
        if (input.ids == null) {
            JsonLines.read(input.jsonl, line -> output.json(new Text(decoder.decode(line.ids(), skipSpecialTokens))));
            return Parley.DONE;
        }
        var text = decoder.decode(input.ids, skipSpecialTokens);
        if (json) output.json(new Text(text));
        else output.line(text);
        return Parley.DONE;
    }
}
