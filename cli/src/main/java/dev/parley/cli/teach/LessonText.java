package dev.parley.cli.teach;

import dev.parley.cli.Output;
import dev.parley.serve.lessons.Lesson;
import dev.parley.serve.lessons.Lesson.Score;
import java.util.Locale;

/** A lesson as people read it. */
final class LessonText {

    private LessonText() {}

    static void write(Output output, Lesson lesson) {
        var counts = lesson.feedback();
        output.line(String.format(Locale.ROOT, "Lesson %d for %s (%s): %s.", lesson.id(), lesson.model(), audience(lesson),
                lesson.state().label()));
        output.line(String.format(Locale.ROOT, "Learned from %d corrected, %d choices, %d thumbs up, %d down; %d of its own answers kept.",
                counts.edits(), counts.pairs(), counts.thumbsUp(), counts.thumbsDown(), counts.replay()));
        lesson.fault().ifPresent(fault -> output.line("Fault: " + fault));
        lesson.result().ifPresent(result -> {
            for (var sample : result.samples()) {
                output.line("");
                output.line("> " + sample.prompt());
                output.line("  before: " + oneLine(sample.before()));
                output.line("  after:  " + oneLine(sample.after()));
                sample.wanted().filter(wanted -> !oneLine(wanted).equals(oneLine(sample.after())))
                        .ifPresent(wanted -> output.line("  wanted: " + oneLine(wanted)));
            }
            output.line("");
            output.line(String.format(Locale.ROOT, "%-34s %8s %8s %6s", "not learned from", "before", "after", "of"));
            for (var score : result.heldOut()) output.line(row(name(score.name()), score, String.valueOf(score.of())));
            result.probe().ifPresent(probe -> output.line(row("probe: what it knew before", probe, "")));
            output.line(String.format(Locale.ROOT, "%.0f s", result.seconds()));
        });
    }

    static String audience(Lesson lesson) {
        return lesson.isForAll() ? "for all" : "for " + lesson.audience();
    }

    private static String row(String name, Score score, String of) {
        return String.format(Locale.ROOT, "%-34s %6.1f %% %6.1f %% %6s", name, 100 * score.before(), 100 * score.after(), of)
                .stripTrailing();
    }

    private static String name(String score) {
        return switch (score) {
            case "answered" -> "answered as corrected, asked anew";
            case "edits" -> "corrected answer is likelier";
            case "pairs" -> "chosen answer is likelier";
            case "thumbs" -> "liked is likelier than disliked";
            default -> score;
        };
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
