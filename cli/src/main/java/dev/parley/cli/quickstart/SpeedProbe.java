package dev.parley.cli.quickstart;

import dev.parley.model.TrainingBatch;
import dev.parley.torch.TrainableLM;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;

/** How fast this machine trains a network now, by a few passes on one that is thrown away. */
final class SpeedProbe {

    private static final double SECONDS = 5;
    private static final int LEAST_PASSES = 8;
    private static final int DOCUMENT = 40; // tokens of a usual one
    private static final double PASS = 0.88; // of a step's time; the rest is the optimiser's

    private SpeedProbe() {}

    /** Tokens a second. @param probe a model that is good for nothing afterwards @param rows of a step */
    static double tokensPerSecond(TrainableLM probe, int rows) {
        var length = probe.config().maxPositionEmbeddings();
        var ids = new int[rows][length];
        var segments = new int[rows][length];
        var random = new SplittableRandom(1);
        for (var row : ids) Arrays.setAll(row, i -> random.nextInt(probe.config().vocabSize()));
        for (var row : segments) Arrays.setAll(row, i -> i / DOCUMENT);
        for (var p : probe.parameters().all()) p.learn(true);
        var seconds = new ArrayList<Double>();
        for (var begun = System.nanoTime(); seconds.size() < LEAST_PASSES || since(begun) < SECONDS;) {
            var start = System.nanoTime();
            probe.lossAndBackward(TrainingBatch.of(ids, ids, segments), 1);
            for (var p : probe.parameters().all()) p.clearGradient();
            seconds.add(since(start));
        }
        var warm = seconds.subList(seconds.size() / 2, seconds.size()); // until then Java compiles
        var median = warm.stream().sorted().skip(warm.size() / 2).findFirst().orElseThrow();
        return PASS * rows * length / median;
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
