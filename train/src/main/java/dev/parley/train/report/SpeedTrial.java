package dev.parley.train.report;

import dev.parley.tensor.Engine;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A few steps of a run, on its own data, to see what they cost.
 *
 * @param steps that were made
 * @param secondsPerStep median of the second half: until then Java compiles
 * @param besideWeights bytes of memory that they took, at the highest, beside what was in memory before
 */
record SpeedTrial(int steps, double secondsPerStep, long besideWeights) {

    static final int STEPS = 20;

    private static final double LONGEST = 120; // seconds; a slow machine makes fewer steps
    private static final int LEAST = 4;
    private static final long BETWEEN_LOOKS = 5; // milliseconds

    /** The trainer's model is good for nothing afterwards. */
    static SpeedTrial of(Trainer trainer) {
        var before = Engine.residentBytes();
        var highest = new AtomicLong(before);
        var watch = Thread.ofPlatform().daemon().name("parley-memory").start(() -> watch(highest));
        var seconds = new ArrayList<Double>();
        try {
            var trial = trainer.trial(STEPS);
            var begun = System.nanoTime();
            var last = new AtomicLong(begun);
            trial.onEvent(event -> {
                if (!(event instanceof TrainEvent.Step)) return;
                var now = System.nanoTime();
                seconds.add((now - last.getAndSet(now)) / 1e9);
                if ((now - begun) / 1e9 > LONGEST && seconds.size() >= LEAST) trial.stop();
            });
            trial.train();
        } finally {
            watch.interrupt();
        }
        var warm = seconds.subList(seconds.size() / 2, seconds.size()).stream().sorted().toList();
        return new SpeedTrial(seconds.size(), warm.get(warm.size() / 2), highest.get() - before);
    }

    private static void watch(AtomicLong highest) {
        try {
            while (true) {
                highest.accumulateAndGet(Engine.residentBytes(), Math::max);
                Thread.sleep(BETWEEN_LOOKS);
            }
        } catch (InterruptedException e) {
            // the trial is over
        }
    }
}
