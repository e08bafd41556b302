package dev.parley.train.lesson;

import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.data.chat.RatedAnswer;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.objective.Answers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model prefers of held-out feedback, and what the probe says of it: asked before a lesson and after it. */
final class LessonExam {

    private static final int ROWS_TOGETHER = 8;

    private final Map<String, List<PairRows>> pairs = new LinkedHashMap<>();
    private final List<TrainingRow> liked;
    private final List<TrainingRow> disliked;
    private final ForgettingProbe probe;

    LessonExam(LessonPlan plan, LessonRows rows) {
        pairs.put("edits", rows(rows, plan.heldEdits()));
        pairs.put("pairs", rows(rows, plan.heldPairs()));
        liked = plan.heldThumbs().stream().filter(RatedAnswer::good).flatMap(rows::rated).toList();
        disliked = plan.heldThumbs().stream().filter(rated -> !rated.good()).flatMap(rows::rated).toList();
        probe = ForgettingProbe.of(rows.chats(), rows.chats().chats().tokenizer(), rows.length());
    }

    private static List<PairRows> rows(LessonRows rows, List<PreferencePair> pairs) {
        return pairs.stream().flatMap(rows::pair).toList();
    }

    /** What was found. @param right and @param of by kind, kinds of which there is nothing left out */
    record Found(Map<String, Integer> right, Map<String, Integer> of, double probe) {}

    Found examine(TrainableLM model) {
        var right = new LinkedHashMap<String, Integer>();
        var of = new LinkedHashMap<String, Integer>();
        pairs.forEach((kind, held) -> {
            if (held.isEmpty()) return;
            var better = sums(model, held.stream().map(PairRows::chosen).toList());
            var worse = sums(model, held.stream().map(PairRows::rejected).toList());
            var preferred = 0;
            for (int i = 0; i < better.length; i++) if (better[i] > worse[i]) preferred++;
            right.put(kind, preferred);
            of.put(kind, held.size());
        });
        if (!liked.isEmpty() && !disliked.isEmpty()) {
            right.put("thumbs", likedBefore(means(model, liked), means(model, disliked)));
            of.put("thumbs", liked.size() * disliked.size());
        }
        return new Found(right, of, probe.measure(model));
    }

    /** Couples of a liked and a disliked answer of which the liked one is likelier by token: they answer different questions. */
    private static int likedBefore(double[] liked, double[] disliked) {
        var couples = 0;
        for (var good : liked) for (var bad : disliked) if (good > bad) couples++;
        return couples;
    }

    private static double[] means(TrainableLM model, List<TrainingRow> answers) {
        var means = sums(model, answers);
        for (int i = 0; i < means.length; i++) means[i] /= Math.max(1, answers.get(i).targets());
        return means;
    }

    /** ln p of each answer. */
    private static double[] sums(TrainableLM model, List<TrainingRow> answers) {
        var sums = new ArrayList<Double>();
        for (int start = 0; start < answers.size(); start += ROWS_TOGETHER) {
            var batch = new Answers(answers.subList(start, Math.min(answers.size(), start + ROWS_TOGETHER)));
            for (var sum : batch.sums(model.targetLogprobs(batch.batch()))) sums.add(sum);
        }
        return sums.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
