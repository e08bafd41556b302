package dev.parley.cli.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.hub.Hub;
import dev.parley.hub.HubModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models rm}: takes a model, or a revision of it, out of the cache. */
@Command(name = "rm", description = "Remove a downloaded model, or one revision of it with everything that no other revision shares.",
        footer = {"", "Example:", "  ./parley models rm HuggingFaceTB/SmolLM2-135M-Instruct --yes"})
final class RemoveCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(paramLabel = "ORG/NAME[@REV]",
            description = "The model, or a branch, tag or commit of it; a commit by at least its first 7 digits.")
    private String name;

    @Option(names = {"-y", "--yes"}, description = "Do not ask.")
    private boolean yes;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    RemoveCommand(Output output) {
        this.output = output;
    }

    private record Result(String id, List<String> removed, @JsonProperty("freed_bytes") long freedBytes) {}

    @Override
    public Integer call() throws IOException {
        var cache = Hub.standard().cache();
        var model = HubModel.parse(name);
        if (model.quantization().isPresent())
            throw new WrongUsage("A model is removed with all its files: name it without :" + model.quantization().get() + ".");
        var revision = Optional.of(model.revision()).filter(r -> name.contains("@"));
        var there = cache.find(model.id());
        if (there.isPresent() && !yes && !isAgreed(
                "Remove " + name + (revision.isPresent() ? "" : ", " + Sizes.text(there.get().bytes())) + ", from " + cache.root() + "?")) {
            output.note("Nothing was removed.");
            return Parley.FAILED;
        }
        var removed = revision.isPresent() ? cache.remove(model.id(), revision.get()) : cache.remove(model.id());
        if (json) output.json(new Result(model.id(), removed.commits(), removed.bytes()));
        else output.line(name + " is removed: " + Sizes.text(removed.bytes()) + " freed.");
        return Parley.DONE;
    }

    private boolean isAgreed(String question) {
        var console = System.console();
        if (console == null || !console.isTerminal())
            throw new WrongUsage("No terminal to ask for confirmation: use --yes to remove " + name + ".");
        output.note(question + " [y/N]");
        return Optional.ofNullable(console.readLine()).map(String::strip).filter(a -> a.equalsIgnoreCase("y") || a.equalsIgnoreCase("yes"))
                .isPresent();
    }
}
