package dev.parley.cli.data;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.data.examples.ExampleData;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code data examples}: data to try a recipe with. */
@Command(name = "examples", description = "Write example data, made by code, to try a recipe with before there is data of your own.",
        footer = {"", "chats: conversations, for sft. tools: conversations that call a calculator, for sft.",
            "pairs: a friendly answer and the same said rudely or barely, for dpo. thumbs: such answers with a thumb, for kto.",
            "sums: questions with their results, for grpo.", "", "Example:",
            "  ./parley data examples --kind tools --count 4000 --out tools.jsonl",
            "  ./parley data examples --kind pairs --held-out --count 100 --out pairs-held-out.jsonl"})
final class ExamplesCommand implements Callable<Integer> {

    private static final int MOST = 1_000_000;

    private final Output output;

    @Option(names = "--kind", paramLabel = "chats|tools|pairs|thumbs|sums", required = true, description = "What the lines teach by.")
    private String kind;

    @Option(names = "--count", paramLabel = "N", defaultValue = "2000", description = "Lines, up to 1,000,000. Default: 2,000.")
    private int count;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Another seed gives other lines. Default: 1.")
    private long seed;

    @Option(names = "--held-out",
            description = "Lines to be judged by: of questions and in wordings that no others have. For pairs, thumbs and sums.")
    private boolean heldOut;

    @Option(names = "--out", paramLabel = "FILE", description = "The file to write. Default: standard output.")
    private Path out;

    ExamplesCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (count < 1 || count > MOST) throw new WrongUsage("--count is from 1 to 1,000,000.");
        var examples = ExampleData.named(kind);
        var lines = heldOut ? examples.heldOutLines(count, seed) : examples.lines(count, seed);
        if (out == null) lines.forEach(output::line);
        else DurableFile.write(out, String.join("\n", lines) + "\n");
        if (out != null) output.note(lines.size() + " lines are in " + out + ".");
        return Parley.DONE;
    }
}
