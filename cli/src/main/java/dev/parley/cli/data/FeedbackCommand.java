package dev.parley.cli.data;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.files.DurableFile;
import dev.parley.serve.chat.history.Feedback;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code data feedback}: what people think of the answers of a server, as data to train by. */
@Command(name = "feedback", description = "Export the ratings of a server's answers as training data, one line of JSON each.",
        footer = {"", "sft: the answers with a thumb up, and what people wrote in the place of others, {\"messages\":[...]}.",
            "preference: which of two answers was better, {\"prompt\":[...],\"chosen\":[...],\"rejected\":[...]}; from choices, from "
                    + "answers to the same "
                    + "of which one has a thumb up and another down, and from edits.",
            "edits: what people wrote in the place of answers, each before the answer; such pairs alone.",
            "thumbs: every answer with a thumb, {\"prompt\":[...],\"completion\":[...],\"label\":true|false}.",
            "choices: which of two models' answers was better, {\"left\":...,\"right\":...,\"choice\":\"left|right|tie\"}; for eval rank.",
            "", "Example:", "  ./parley data feedback --data my-data --format sft --out feedback.jsonl"})
final class FeedbackCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private DataOptions data;

    @Option(names = "--format", paramLabel = "sft|preference|edits|thumbs|choices|all", defaultValue = "all",
            description = "Which lines to write. Default: all, which is sft and then preference.")
    private Format format;

    @Option(names = "--out", paramLabel = "FILE", description = "The file to write. Default: standard output.")
    private Path out;

    @Option(names = "--user", paramLabel = "NAME",
            description = "Export only this user's ratings; may be given several times. Default: everybody's.")
    private List<String> users = List.of();

    @Option(names = "--imported", description = "Include answers of imported conversations. Such a file can contain any answer.")
    private boolean imported;

    /** Which lines are wanted. */
    private enum Format {
        SFT, PREFERENCE, EDITS, THUMBS, CHOICES, ALL
    }

    FeedbackCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var lines = lines();
        if (out == null) lines.forEach(output::line);
        else DurableFile.write(out, String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
        return Parley.DONE;
    }

    private List<String> lines() {
        var lines = new ArrayList<String>();
        try (var database = data.openExisting()) {
            var feedback = new Feedback(database, new Feedback.Chosen(users, imported));
            feedback.owners().forEach((owner, count) -> output.note(count + " ratings and choices are of " + owner + "."));
            if (format == Format.CHOICES) {
                lines.addAll(feedback.choices());
                output.note(lines.size() + " choices between two models.");
                return lines;
            }
            if (format == Format.EDITS) {
                lines.addAll(feedback.edits());
                output.note(lines.size() + " answers that people rewrote.");
                return lines;
            }
            if (format == Format.THUMBS) {
                lines.addAll(feedback.thumbs());
                output.note(lines.size() + " answers with a thumb.");
                return lines;
            }
            if (format != Format.PREFERENCE) {
                var good = feedback.demonstrations();
                lines.addAll(good.lines());
                output.note(good.lines().size() + " good answers"
                        + (good.cutOff() == 0 ? "." : ", of which " + good.cutOff() + " were cut off before their end."));
            }
            if (format != Format.SFT) {
                var better = new LinkedHashSet<>(feedback.preferences());
                better.addAll(feedback.edits());
                lines.addAll(better);
                output.note(better.size() + " pairs of a better and a worse answer.");
            }
        }
        return lines;
    }
}
