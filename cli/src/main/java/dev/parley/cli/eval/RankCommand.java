package dev.parley.cli.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.eval.judge.BradleyTerry;
import dev.parley.eval.judge.BradleyTerry.Choice;
import dev.parley.eval.judge.BradleyTerry.Game;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval rank}: models by which of two answers was liked better. */
@Command(name = "rank", description = "Rank models by choices between two answers, with intervals (Bradley-Terry).",
        footer = {"",
            "Each line of a file: {\"left\":MODEL,\"right\":MODEL,\"choice\":\"left\"|\"right\"|\"tie\"|\"neither\"}, as data feedback "
                    + "writes it from the page's side-by-side answers.",
            "400 points are odds of ten to one. A rank is 1 and the number of models whose intervals lie wholly above.", "", "Example:",
            "  ./parley data feedback --data my-data --format choices --out choices.jsonl", "  ./parley eval rank choices.jsonl"})
final class RankCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of choices.")
    private List<Path> files;

    @Option(names = "--resamples", paramLabel = "N", defaultValue = "1000", description = "For the intervals. Default: ${DEFAULT-VALUE}.")
    private int resamples;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the resamples. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    RankCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var games = new ArrayList<Game>();
        for (var file : files) read(file, games);
        var ratings = BradleyTerry.of(games, resamples, seed);
        if (json) output.json(Map.of("choices", games.size(), "models", ratings));
        else for (var r : ratings) output.line(String.format(Locale.ROOT, "%2d. %-40s %6.0f  [%.0f, %.0f]  %d choices", r.rank(), r.model(),
                r.rating(), r.low(), r.high(), r.games()));
        return Parley.DONE;
    }

    private static void read(Path file, List<Game> games) throws IOException {
        var mapper = new ObjectMapper();
        var number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) continue;
            JsonNode node;
            try {
                node = mapper.readTree(line);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(file + ", line " + number + ": this is no JSON object.", e);
            }
            var choice = switch (node.path("choice").asText()) {
                case "left" -> Choice.FIRST;
                case "right" -> Choice.SECOND;
                case "tie", "neither" -> Choice.TIE;
                default -> throw new IllegalArgumentException(file + ", line " + number + ": \"choice\" is left, right, tie or neither.");
            };
            if (!node.path("left").isTextual() || !node.path("right").isTextual())
                throw new IllegalArgumentException(file + ", line " + number + ": \"left\" and \"right\" are the names of two models.");
            games.add(new Game(node.get("left").asText(), node.get("right").asText(), choice));
        }
    }
}
