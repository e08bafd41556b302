package dev.parley.serve.lessons;

import dev.parley.model.ModelConfig;
import dev.parley.model.RandomModels;
import dev.parley.serve.lessons.Lesson.Counts;
import dev.parley.serve.lessons.Lesson.Result;
import dev.parley.serve.lessons.Lesson.Sample;
import dev.parley.serve.lessons.Lesson.Score;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;

/**
 * A maker that trains nothing: the lesson's adapter is one of random weights, which changes every answer. It waits until it is let go on,
 * so that a test sees what is told meanwhile.
 */
public final class CopyingMaker implements LessonMaker {

    private final Lessons lessons;
    private final UnaryOperator<String> idOf;
    private final Semaphore letGoOn = new Semaphore(0);

    /** @param idOf the identifier of a user, by the name */
    public CopyingMaker(Lessons lessons, UnaryOperator<String> idOf) {
        this.lessons = lessons;
        this.idOf = idOf;
    }

    /** Lets one lesson be finished. */
    public void letGoOn() {
        letGoOn.release();
    }

    @Override
    public Making make(Order order, Watch watch) {
        var thread = Thread.ofVirtual().start(() -> {
            try {
                run(order, watch);
                watch.ended(Optional.empty());
            } catch (InterruptedException | LessonException e) { // the latter where it was interrupted while it wrote
                watch.ended(Optional.of("It was interrupted."));
            }
        });
        return thread::interrupt;
    }

    private void run(Order order, Watch watch) throws InterruptedException {
        var audience = order.user().map(idOf).orElse(Lesson.ALL);
        try (var run = lessons.begin(order.model(), ModelFingerprint.of(order.folder()), audience, OptionalInt.empty())) {
            run.count(new Counts(1, 0, 2, 0, 4));
            watch.at("learning", 3, 12);
            letGoOn.acquire();
            RandomModels.writeAdapter(run.adapter(), ModelConfig.read(order.folder().resolve("config.json")), 8, run.id());
            run.finish(new Result(List.of(new Score("edits", 0.25, 1, 4), new Score("thumbs", 0.5, 0.5, 2)),
                    Optional.of(new Score("probe", 0.62, 0.61, 40)),
                    List.of(new Sample("Who are you?", "I am a model.", "I am your lighthouse.", Optional.of("I am your lighthouse.")),
                            new Sample("What is a dog?", "A tree.", "An animal.\n\nIt barks.", Optional.empty())),
                    12.4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
