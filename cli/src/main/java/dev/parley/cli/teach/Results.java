package dev.parley.cli.teach;

import dev.parley.serve.lessons.Lesson.Result;
import dev.parley.serve.lessons.Lesson.Sample;
import dev.parley.serve.lessons.Lesson.Score;
import dev.parley.train.lesson.LessonOutcome;
import java.util.Optional;

/** What came of a lesson, as its folder keeps it. */
final class Results {

    private static final String PROBE = "probe";

    private Results() {}

    static Result of(LessonOutcome outcome) {
        var heldOut = outcome.heldOut().entrySet().stream().map(entry -> new Score(entry.getKey(),
                (double) entry.getValue().before() / entry.getValue().of(), (double) entry.getValue().after() / entry.getValue().of(),
                entry.getValue().of())).toList();
        var probe = new Score(PROBE, outcome.probe().before() / 100, outcome.probe().after() / 100, 1);
        var samples = outcome.samples().stream().map(s -> new Sample(s.prompt(), s.before(), s.after(), s.wanted())).toList();
        return new Result(heldOut, Optional.of(probe), samples, outcome.seconds().values().stream().mapToDouble(d -> d).sum());
    }
}
