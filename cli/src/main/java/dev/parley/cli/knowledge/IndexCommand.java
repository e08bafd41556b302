package dev.parley.cli.knowledge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.Progress;
import dev.parley.knowledge.IndexReport;
import dev.parley.knowledge.KnowledgeBase;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knowledge index}: brings an index to what is in some folders. */
@Command(name = "index", description = "Index the documents of folders, or bring an index up to date.",
        footer = {"",
            "Reads Markdown, text, HTML, PDF and DOCX. Only files that are new or changed are read; what is no longer in the folders",
            "is taken out. A file that cannot be read is named, and the others are indexed.",
            "", "Examples:", "  ./parley knowledge index faq policies --index my-index",
            "  ./parley knowledge index faq --index my-index --embedder Qwen/Qwen3-Embedding-0.6B"})
final class IndexCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(arity = "1..*", paramLabel = "FOLDER", description = "Folders with documents, or single files.")
    private List<Path> folders;

    @Option(names = "--index", required = true, paramLabel = "DIR", description = "The folder of the index; it is made if it is not there.")
    private Path index;

    @Mixin
    private EmbedderOption embedder;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    IndexCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        try (var vectors = embedder.toIndex(index, output); var knowledge = KnowledgeBase.open(index, vectors)) {
            var report = refresh(knowledge);
            for (var fault : report.faults()) output.note(fault.sentence());
            if (json) printJson(report);
            else print(report);
        }
        return Parley.DONE;
    }

    private IndexReport refresh(KnowledgeBase knowledge) {
        var progress = new AtomicReference<Progress>();
        try {
            return knowledge.refresh(folders, (done, total, source) -> {
                if (progress.get() == null) progress.set(Progress.of("index", total, output));
                progress.get().at(done, source);
            });
        } finally {
            if (progress.get() != null) progress.get().close();
        }
    }

    private void print(IndexReport report) {
        output.line(String.format(Locale.ROOT,
                "%d passages in %s: %d files added, %d changed, %d removed, %d unchanged, %d with faults, %.1f s",
                report.passages(), index, report.added().size(), report.changed().size(), report.removed().size(), report.unchanged(),
                report.faults().size(), report.time().toMillis() / 1e3));
    }

    private void printJson(IndexReport report) {
        var result = JsonNodeFactory.instance.objectNode().put("index", index.toString()).put("passages", report.passages());
        add(result.putArray("added"), report.added());
        add(result.putArray("changed"), report.changed());
        add(result.putArray("removed"), report.removed());
        result.put("unchanged", report.unchanged());
        var faults = result.putArray("faults");
        for (var fault : report.faults()) faults.addObject().put("source", fault.source()).put("fault", fault.sentence());
        result.put("seconds", report.time().toMillis() / 1e3);
        output.json(result);
    }

    private static void add(ArrayNode array, List<String> names) {
        names.forEach(array::add);
    }
}
