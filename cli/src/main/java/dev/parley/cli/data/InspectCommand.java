package dev.parley.cli.data;

import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatFormat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.TooLong;
import dev.parley.data.chat.TrainOn;
import dev.parley.data.inspect.ChatInspection;
import dev.parley.data.inspect.FigureLines;
import dev.parley.data.inspect.Inspection;
import dev.parley.data.inspect.InspectionPage;
import dev.parley.data.inspect.RowInspection;
import dev.parley.data.inspect.SampleChoice;
import dev.parley.data.inspect.TokenPiece;
import dev.parley.data.shards.Boundaries;
import dev.parley.data.shards.PackedDocuments;
import dev.parley.data.shards.Shards;
import dev.parley.data.shards.Split;
import dev.parley.files.DurableFile;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code data inspect}: what training reads, with its tokens and its mask. */
@Command(name = "inspect", description = "Show samples of training data with their tokens and which of them are targets, and figures over all.",
        footer = {"", "FILE holds conversations, pairs, thumbs or prompts (.jsonl, .json, .parquet; also .gz and .zst), and needs --model.",
            "SHARDS is a folder of token shards, and needs --model. RECIPE.yaml shows the packed rows that its run trains on.", "", "Example:",
            "  ./parley data inspect chats.jsonl --model my-model --random --html chats.html"})
final class InspectCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "FILE|SHARDS|RECIPE.yaml", arity = "1..*", description = "What to look at.")
    private List<Path> inputs;

    @Option(names = {"--model", "--tokenizer"}, paramLabel = "DIR|ORG/NAME", description = "Whose tokenizer and chat template are used.")
    private String model;

    @Option(names = "--sample", paramLabel = "N", defaultValue = "3", description = "How many rows to show. Default: 3.")
    private int count;

    @Option(names = "--row", paramLabel = "N", description = "Show this row alone, counted from 1.")
    private Long row;

    @Option(names = "--random", description = "Show any rows rather than the first ones.")
    private boolean random;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed shows other rows. Default: a new one each time.")
    private Long seed;

    @Option(names = "--format", paramLabel = "NAME", description = "The format of every line. Default: told by each line's keys.")
    private String format;

    @Option(names = "--train-on", paramLabel = "assistant|last_assistant|all", defaultValue = "assistant",
            description = "Which tokens are targets. Default: assistant.")
    private String trainOn;

    @Option(names = "--context-length", paramLabel = "N", defaultValue = "1024", description = "Tokens of a row at most. Default: 1024.")
    private int length;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with the samples and the figures.")
    private Path html;

    @Option(names = "--json", description = "Write figures and samples as one JSON object.")
    private boolean json;

    /** What was found, and the tokenizer that shows it. */
    private record Looked(Tokenizer tokenizer, Inspection inspection) {}

    InspectCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (count < 0 || count > 1_000) throw new WrongUsage("--sample is from 0 to 1,000.");
        if (row != null && row < 1) throw new WrongUsage("--row counts from 1.");
        if (length < 2) throw new WrongUsage("--context-length is at least 2.");
        var looked = look();
        var found = looked.inspection();
        if (html != null) DurableFile.write(html, InspectionPage.of(inputs.getFirst().toString(), found, looked.tokenizer()));
        if (json) {
            output.json(Map.of("figures", found.figures(), "samples", found.samples().stream().map(sample -> Map.of("title", sample.title(),
                    "tokens", TokenPiece.of(looked.tokenizer(), sample.row()))).toList()));
        } else {
            var printer = new SamplePrinter(output, looked.tokenizer());
            found.samples().forEach(printer::print);
            output.line("");
            for (var line : FigureLines.of(found.figures())) output.line(String.format("%-17s %s", line.name(), line.value()));
        }
        if (row != null && found.samples().isEmpty())
            throw new IllegalArgumentException("There is no row " + row + "; there are " + found.figures().rows() + ".");
        if (html != null) output.note("The page is " + html + ".");
        return Parley.DONE;
    }

    private SampleChoice choice() {
        if (row != null) return SampleChoice.row(row);
        return random ? SampleChoice.random(count, seed == null ? System.nanoTime() : seed) : SampleChoice.first(count);
    }

    private Looked look() throws IOException {
        var first = inputs.getFirst();
        if (first.toString().matches(".*\\.ya?ml")) {
            var data = Recipe.read(first, Downloads.finder(output)).onNote(output::note).data();
            return new Looked(data.tokenizer(), RowInspection.read(first.toString(), data.train(), data.length(), choice()));
        }
        if (model == null) throw new WrongUsage("Name whose tokenizer is used: --model DIR.");
        var tokenizer = Downloads.finder(output).tokenizer(model);
        if (Shards.areIn(first)) {
            var rows = PackedDocuments.of(Shards.open(first, Split.TRAIN, tokenizer), Boundaries.of(tokenizer), length);
            return new Looked(tokenizer, RowInspection.read(first.toString(), rows, length, choice()));
        }
        var files = new ChatFiles(inputs, Optional.ofNullable(format).map(ChatFormat::named), true);
        var rows = new ChatRows(tokenizer, tokenizer.chatTemplate().orElse(ChatTemplate.chatMl()), TrainOn.named(trainOn), length,
                TooLong.LEAVE_OUT);
        return new Looked(tokenizer, new ChatInspection(rows).read(files, choice()));
    }
}
