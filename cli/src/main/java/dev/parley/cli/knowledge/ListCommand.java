package dev.parley.cli.knowledge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.index.IndexedFile;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code knowledge list}: the files of an index. */
@Command(name = "list", description = "List the files of an index, with the faults of those that could not be read.",
        footer = {"", "Example:", "  ./parley knowledge list --index my-index"})
final class ListCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private IndexOption index;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    ListCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var folder = index.existing();
        try (var knowledge = KnowledgeBase.open(folder, Embedder.NONE)) {
            var files = knowledge.files();
            if (json) printJson(files, KnowledgeBase.embedderOf(folder).orElseThrow());
            else files.forEach(this::print);
        }
        return Parley.DONE;
    }

    private void print(IndexedFile file) {
        var fault = file.fault().map(sentence -> ": " + sentence).orElse("");
        output.line(String.format(Locale.ROOT, "%6d passages  %s%s", file.passages(), file.source(), fault));
    }

    private void printJson(List<IndexedFile> files, String embedder) {
        var result = JsonNodeFactory.instance.objectNode().put("embedder", embedder);
        var array = result.putArray("files");
        for (var file : files) {
            var item = array.addObject().put("source", file.source()).put("passages", file.passages()).put("bytes", file.size())
                    .put("sha256", file.checksum());
            file.fault().ifPresent(fault -> item.put("fault", fault));
        }
        output.json(result);
    }
}
