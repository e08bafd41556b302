package dev.parley.train.lesson;

import dev.parley.train.TrainEvent;
import dev.parley.train.TrainerCallback;
import dev.parley.train.TrainerControl;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ends a lesson once every kind of feedback in it is learned: what is learned beyond that is only learned by heart, and costs what the
 * model knew. How many steps that takes depends on the model and on how new the answer is to it, so that no fixed number suits.
 */
final class LearnedEnough implements TrainerCallback {

    /** Below which mean loss a kind counts as learned: nats by token, of pairs beginning at ln 2, of thumbs at a half. */
    private static final Map<String, Double> LEARNED = Map.of("loss/wanted", 0.03, "loss/pairs", 0.1, "loss/thumbs", 0.35);

    private static final int STEPS_TOGETHER = 6; // over which a kind's mean is taken

    private final long leastSteps;
    private final Map<String, Deque<Double>> latest = new LinkedHashMap<>(); // of each kind that the lesson has

    /** @param kinds metrics that the lesson has, each a mean loss */
    LearnedEnough(Iterable<String> kinds, long leastSteps) {
        this.leastSteps = leastSteps;
        for (var kind : kinds) if (LEARNED.containsKey(kind)) latest.put(kind, new ArrayDeque<>());
    }

    @Override
    public void onLog(TrainEvent.Step report, TrainerControl control) {
        latest.forEach((kind, losses) -> {
            var loss = report.metrics().get(kind);
            if (loss == null) return; // a step without one of them
            losses.add(loss);
            if (losses.size() > STEPS_TOGETHER) losses.remove();
        });
        if (report.step() >= leastSteps && latest.entrySet().stream().allMatch(e -> isLearned(e.getKey(), e.getValue()))) control.stop();
    }

    private static boolean isLearned(String kind, Deque<Double> losses) {
        return losses.size() == STEPS_TOGETHER
                && losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow() <= LEARNED.get(kind);
    }
}
