package dev.parley.cli.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.hub.CachedModel;
import dev.parley.hub.Hub;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code models list}: what was downloaded, by Parley or by Python, which share it. */
@Command(name = "list", description = "List the downloaded models. Parley and Python's huggingface_hub share them.",
        footer = {"", "Example:", "  ./parley models list --json"})
final class ListCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    ListCommand(Output output) {
        this.output = output;
    }

    private record Result(String cache, List<Model> models) {}

    private record Model(String id, @JsonProperty("size_bytes") long bytes, @JsonProperty("partial_bytes") long partialBytes,
            @JsonProperty("last_used") String lastUsed,
            List<Revision> revisions) {

        static Model of(CachedModel model) {
            return new Model(model.id(), model.bytes(), model.partialBytes(), model.lastUsed().map(Object::toString).orElse(null),
                    model.revisions().stream().map(Revision::of).toList());
        }
    }

    private record Revision(String commit, List<String> refs, String path, int files, @JsonProperty("size_bytes") long bytes,
            boolean whole) {

        static Revision of(CachedModel.Revision revision) {
            return new Revision(revision.commit(), revision.refs(), revision.folder().toString(), revision.files(), revision.bytes(),
                    revision.whole());
        }
    }

    @Override
    public Integer call() throws IOException {
        var cache = Hub.standard().cache();
        var models = cache.models();
        if (json) {
            output.json(new Result(cache.root().toString(), models.stream().map(Model::of).toList()));
            return Parley.DONE;
        }
        if (models.isEmpty()) {
            output.note("There are no models in " + cache.root() + "; ./parley models pull ORG/NAME downloads one.");
            return Parley.DONE;
        }
        var width = models.stream().mapToInt(model -> model.id().length()).max().orElseThrow();
        output.line(String.format("%-" + width + "s  %7s  %-10s  %s", "MODEL", "SIZE", "LAST USED", "REVISIONS"));
        for (var model : models) output.line(row(model, width));
        output.note(Sizes.text(models.stream().mapToLong(CachedModel::bytes).sum()) + " in " + cache.root());
        return Parley.DONE;
    }

    private static String row(CachedModel model, int width) {
        var used = model.lastUsed().map(time -> LocalDate.ofInstant(time, ZoneId.systemDefault()).toString()).orElse("-");
        var revisions = String.join(", ", model.revisions().stream().map(ListCommand::text).toList());
        var partial = model.partialBytes() == 0 ? ""
                : (revisions.isEmpty() ? "" : ", ") + Sizes.text(model.partialBytes()) + " of an unfinished download";
        return String.format("%-" + width + "s  %7s  %-10s  %s", model.id(), Sizes.text(model.bytes()), used, revisions + partial);
    }

    private static String text(CachedModel.Revision revision) {
        var commit = revision.commit().substring(0, 8);
        return (revision.refs().isEmpty() ? commit : String.join(" ", revision.refs()) + " " + commit)
                + (revision.whole() ? "" : " (not a whole model)");
    }
}
