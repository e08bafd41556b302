package dev.parley.cli.assistant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.automation.OutputFormat;
import dev.parley.assist.automation.RowPrompts;
import dev.parley.assist.automation.Table;
import dev.parley.assist.automation.TableReport;
import dev.parley.assist.automation.TableRun;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.cli.WrongUsage;
import dev.parley.jinja.Template;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assistant table}: an article or a report for each row of a table. */
@Command(name = "table", description = "Writes one article or report for each row of a table.",
        footer = {"",
            "The template is Jinja; its variables are the columns, and row[\"unit price\"] is one whose name is no variable. What is",
            "done is kept row by row: the same command goes on where an interrupted one was. Rows that fail are in failures.csv.",
            "", "Examples:", "  ./parley assistant table --table orders.csv --template reply.jinja --model my-model --out replies",
            "  ./parley assistant table --table orders.csv --template facts.jinja --model my-model --out facts --format json \\",
            "      --schema facts.schema.json --key order --parallel 16",
            "  ./parley assistant table --table goods.csv --template facts.jinja --assistant automation --form article --format json \\",
            "      --model my-model --out articles"})
public final class TableCommand implements Callable<Integer> {

    private static final long LARGEST = 1 << 20;

    private final Output output;

    @Option(names = "--table", required = true, paramLabel = "FILE", description = "The table: .csv, .tsv, .jsonl or .parquet.")
    private Path table;

    @Option(names = "--encoding", paramLabel = "NAME", description = "The table's encoding, such as GB18030. Default: UTF-8.")
    private String encoding;

    @Option(names = "--template", required = true, paramLabel = "FILE", description = "The template in Jinja that makes a prompt of a row.")
    private Path template;

    @Option(names = "--out", required = true, paramLabel = "DIR",
            description = "The folder for the outputs; it is made if it is not there.")
    private Path out;

    @Option(names = "--format", paramLabel = "md|html|json", defaultValue = "md",
            description = "What is written. Default: ${DEFAULT-VALUE}.")
    private OutputFormat format;

    @Option(names = "--schema", paramLabel = "FILE", description = "With --format json: the JSON Schema that every answer conforms to.")
    private Path schema;

    @Option(names = "--key", paramLabel = "COLUMN", description = "The column that names the files. Default: the number of the row.")
    private String key;

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "8", description = "Rows at once. Default: ${DEFAULT-VALUE}.")
    private int parallel;

    @Option(names = "--limit", paramLabel = "N", description = "The first rows only.")
    private Long limit;

    @Option(names = "--restart", description = "Begin anew: remove what an earlier run wrote to the folder.")
    private boolean restart;

    @Option(names = "--retry-failed", description = "Try the rows again that failed before, with other random choices.")
    private boolean retryFailed;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Mixin
    private RowWriterOptions writing;

    /** Makes the command. */
    public TableCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        if (schema != null && format != OutputFormat.JSON) throw new WrongUsage("--schema goes with --format json.");
        if (parallel < 1 || parallel > 127) throw new WrongUsage("--parallel is 1 to 127.");
        if (limit != null && limit < 1) throw new WrongUsage("--limit is at least 1.");
        var rows = Table.open(table, Optional.ofNullable(encoding).map(TableCommand::charset));
        if (rows.rows() == 0) throw new IllegalArgumentException(table + " has no rows.");
        var prompts = new RowPrompts(Template.parse(text(template), template.toString()), rows);
        try (var closing = new Closing()) {
            var rules = schema == null ? Optional.<String>empty() : Optional.of(text(schema));
            var writer = writing.open(format, rules, parallel, closing, output);
            var options = new TableRun.Options(format, writer.grammar(), Optional.ofNullable(key), parallel,
                    limit == null ? Long.MAX_VALUE : limit, writer.seed(), restart, retryFailed);
            tell(run(new TableRun(rows, prompts, writer.responder(), writer.identity(), options), rows));
        }
        return Parley.DONE;
    }

    private TableReport run(TableRun run, Table rows) throws IOException {
        var total = limit == null ? rows.rows() : Math.min(limit, rows.rows());
        try (var progress = Progress.of("rows", total, output);
                var interruption = InterruptHandler.stops(run::stop, "Stopping; what is done is kept.", output)) {
            return run.run(out, (done, all, failed) -> progress.at(done, failed == 0 ? "" : failed + " failed"));
        }
    }

    private void tell(TableReport report) {
        if (json) printJson(report);
        else print(report);
        if (report.interrupted()) {
            throw new Interrupted(report.done() + report.failures() + " of " + report.rows()
                    + " rows are settled and kept in " + out + "; the same command goes on from there.");
        }
    }

    private void print(TableReport report) {
        output.line(String.format(Locale.ROOT, "%d of %d rows are in %s, %d of them made now, %.1f s", report.done(), report.rows(), out,
                report.made(), report.time().toMillis() / 1e3));
        if (report.cutOff() > 0) output.line(report.cutOff() + " of them end at the limit of tokens; --max-new-tokens allows more.");
        if (report.failures() == 0) return;
        var kinds = report.failed().entrySet().stream().map(e -> e.getKey().label() + " " + e.getValue()).collect(Collectors.joining(", "));
        output.line(report.failures() + " rows failed (" + kinds + "); " + out.resolve("failures.csv")
                + " says why, and --retry-failed tries again.");
    }

    private void printJson(TableReport report) {
        var result = JsonNodeFactory.instance.objectNode().put("out", out.toString()).put("rows", report.rows()).put("done", report.done())
                .put("made_now", report.made()).put("cut_off", report.cutOff());
        var failed = result.putObject("failed");
        report.failed().forEach((kind, count) -> failed.put(kind.label(), count));
        output.json(result.put("new_tokens", report.tokens()).put("interrupted", report.interrupted())
                .put("seconds", report.time().toMillis() / 1e3));
    }

    private static Charset charset(String name) {
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            throw new WrongUsage("--encoding " + name + " is no encoding that Java knows.");
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LARGEST) throw new IllegalArgumentException(file + " is larger than 1 MiB, the limit.");
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException(file + " is not UTF-8.");
        }
    }
}
