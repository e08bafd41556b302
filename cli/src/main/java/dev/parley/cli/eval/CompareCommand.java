package dev.parley.cli.eval;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.eval.report.Comparison;
import dev.parley.eval.report.HtmlReport;
import dev.parley.eval.report.RunFolder;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval compare}: runs side by side. */
@Command(name = "compare", description = "Compare runs, with intervals, and let every sample be read.",
        footer = {"",
            "Differences are from the first run; those of the same samples are paired. * marks one whose interval of 95 %% leaves "
                    + "out zero.",
            "A run is a folder that eval run wrote, or that lm-evaluation-harness did.", "", "Example:",
            "  ./parley eval compare runs/before runs/after --html compare.html"})
final class CompareCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders of runs; the first is what the others are compared with.")
    private List<Path> folders;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with the figures and all samples.")
    private Path html;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    CompareCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var comparison = Comparison.of(folders.stream().map(RunFolder::read).toList());
        if (html != null) {
            DurableFile.write(html, HtmlReport.of(comparison));
            output.note("The page is " + html + ".");
        }
        if (json) {
            output.json(Map.of("runs", comparison.runs().stream().map(RunFolder::name).toList(), "rows",
                    comparison.rows().stream().map(CompareCommand::row).toList()));
        } else {
            comparison.differingSettings().forEach((name, values) -> output.note(name + ": " + String.join(" | ", values)));
            comparison.table().forEach(output::line);
        }
        return Parley.DONE;
    }

    private static Map<String, Object> row(Comparison.Row row) {
        return Map.of("task", row.task(), "metric", row.metric(), "higher_is_better", row.higherIsBetter(), "values", row.values(),
                "stderrs",
                row.errors(), "differences", row.differences().stream().map(d -> Map.of("value", d.value(), "stderr",
                        d.error().orElse(Double.NaN), "paired", d.paired(), "clear", d.isClear())).toList());
    }
}
