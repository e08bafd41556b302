package dev.parley.cli.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.cli.Downloads;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.hub.ModelListing;
import dev.parley.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code models search}: models of the hub that Parley runs. */
@Command(name = "search", description = {"Search the hub for models that Parley runs, by words of their names.",
    "The most downloaded come first. Families and formats are as the hub has them; models info looks into the files."},
        footer = {"", "Examples:", "  ./parley models search qwen3 0.6b", "  ./parley models search smollm2 instruct --limit 5 --json"})
final class SearchCommand implements Callable<Integer> {

    private static final int MOST = 100;

    private final Output output;

    @Parameters(paramLabel = "WORDS", arity = "1..*", description = "Words of the model's name, or of its organisation's.")
    private List<String> words;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "Models at most. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--all", description = "Also models that Parley does not run.")
    private boolean all;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    SearchCommand(Output output) {
        this.output = output;
    }

    private record Result(List<Model> models) {}

    private record Model(String id, String family, Long parameters, List<String> formats, String license, boolean gated, long downloads,
            long likes, @JsonProperty("runs") boolean runs) {

        static Model of(ModelListing card) {
            return new Model(card.id(), SearchCommand.family(card).orElse(null),
                    card.parameters().isPresent() ? card.parameters().getAsLong() : null,
                    SearchCommand.formats(card), card.license().orElse(null), card.gated(), card.downloads(), card.likes(),
                    SearchCommand.runs(card));
        }
    }

    @Override
    public Integer call() {
        if (limit < 1 || limit > MOST) throw new WrongUsage("--limit is 1 to " + MOST + ".");
        var asked = String.join(" ", words);
        var found = Downloads.watched(asked, output, (hub, listener) -> hub.search(asked, limit, card -> all || runs(card), listener));
        if (json) {
            output.json(new Result(found.stream().map(Model::of).toList()));
            return Parley.DONE;
        }
        if (found.isEmpty()) output.note("The hub has no model of that name" + (all ? "." : " that Parley runs; --all shows the others."));
        else table(found);
        return Parley.DONE;
    }

    private void table(List<ModelListing> found) {
        var width = found.stream().mapToInt(card -> card.id().length()).max().orElseThrow();
        var row = "%-" + width + "s  %-12s  %6s  %-17s  %9s  %s";
        output.line(String.format(row, "MODEL", "FAMILY", "PARAMS", "FORMATS", "DOWNLOADS", "LICENCE"));
        for (var card : found) {
            output.line(String.format(row, card.id(), SearchCommand.family(card).orElse("-"), parameters(card.parameters()),
                    String.join(", ", formats(card)), Sizes.number(card.downloads()),
                    card.license().orElse("-") + (card.gated() ? " (gated)" : "")));
        }
    }

    private static String parameters(OptionalLong number) {
        return number.isPresent() ? Sizes.number(number.getAsLong()) : "-";
    }

    /** What its config.json or its GGUF files say that it is. */
    private static Optional<String> family(ModelListing card) {
        return card.modelType().or(card::ggufArchitecture);
    }

    private static List<String> formats(ModelListing card) {
        var formats = new ArrayList<String>();
        for (var format : List.of("safetensors", "gguf", "pytorch")) if (card.tags().contains(format)) formats.add(format);
        return formats;
    }

    /** Whether its family is known, and one of its forms of weights; of what quantises safetensors in a way of its own, none is. */
    private static boolean runs(ModelListing card) {
        var isOther = List.of("gptq", "awq", "bitsandbytes", "fp8", "compressed-tensors", "mlx", "exl2", "exl3").stream()
                .anyMatch(card.tags()::contains);
        var gguf = card.ggufArchitecture()
                .filter(name -> Family.all().stream().anyMatch(f -> f.ggufArchitecture().filter(name::equals).isPresent()));
        return gguf.isPresent() || !isOther && !formats(card).isEmpty() && card.modelType().flatMap(Family::of).isPresent();
    }
}
