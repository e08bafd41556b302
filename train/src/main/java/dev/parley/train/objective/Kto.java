package dev.parley.train.objective;

import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Stateful;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Kahneman-Tversky optimisation, Ethayarajh et al. 2024 (arXiv:2402.01306): single answers with a thumb up or down. With r the gain
 * ln p - ln reference of an answer, and z how far the model has moved (its gain on answers to other prompts, never below 0), the loss is
 * weight * (1 - sigmoid(beta (r - z))) of a good answer and weight * (1 - sigmoid(beta (z - r))) of a bad one. No gradient flows by z.
 */
public final class Kto implements Objective<Thumb> {

    private final Settings settings;
    private final ReferenceLogprobs<Thumb> reference;

    /**
     * How thumbs are learned, as TRL names it.
     *
     * @param desirableWeight of good answers; with many more bad ones it should be above 1, so that both weigh about the same
     * @param undesirableWeight of bad answers
     */
    public record Settings(double beta, double desirableWeight, double undesirableWeight) {

        /** beta 0.1, equal weights. */
        public static final Settings DEFAULT = new Settings(0.1, 1, 1);

        /** @throws IllegalArgumentException if a number is out of its range */
        public Settings {
            if (!(beta > 0) || Double.isInfinite(beta)) throw new IllegalArgumentException("beta is " + beta + "; it is above 0.");
            if (!(desirableWeight >= 0) || !(undesirableWeight >= 0))
                throw new IllegalArgumentException("desirable_weight and undesirable_weight are at least 0.");
        }
    }

    /**
     * Learning of thumbs.
     *
     * @param train the very thumbs that the trainer is given
     * @param held those that it evaluates on
     */
    public Kto(Settings settings, List<Thumb> train, List<Thumb> held) {
        this.settings = settings;
        reference = new ReferenceLogprobs<>(Stream.concat(train.stream(), held.stream()).toList());
    }

    @Override
    public Tally step(TrainableLM model, List<List<Thumb>> batches) {
        reference.prepare(model, batches);
        var moved = moved(model, batches); // of all batches of the step: they are to give what one large one would
        var count = batches.stream().mapToInt(List::size).sum();
        var tally = Tally.NONE;
        for (var batch : batches) {
            var answers = answers(batch);
            try (var pass = model.pass(answers.batch())) {
                var logprobs = pass.logprobs();
                var sums = answers.sums(logprobs);
                var weights = new double[sums.length];
                for (int i = 0; i < weights.length; i++) weights[i] = slope(batch.get(i), gain(batch.get(i), sums[i]), moved) / count;
                pass.backward(answers.spread(weights));
                tally = tally.plus(tally(batch, sums, moved));
            }
        }
        return tally.with("kl", moved * count, count);
    }

    @Override
    public Tally evaluate(TrainableLM model, List<Thumb> batch) {
        reference.prepare(model, List.of());
        var moved = moved(model, List.of(batch));
        var answers = answers(batch);
        return tally(batch, answers.sums(model.targetLogprobs(answers.batch())), moved).with("kl", moved * batch.size(), batch.size());
    }

    private static Answers answers(List<Thumb> batch) {
        return new Answers(batch.stream().map(Thumb::answer).toList());
    }

    /** The mean gain on answers to other prompts, an estimate of the divergence from the reference; at least 0. */
    private double moved(TrainableLM model, List<List<Thumb>> batches) {
        double sum = 0;
        var count = 0;
        for (var batch : batches) {
            var others = new Answers(batch.stream().map(Thumb::mismatched).toList());
            var sums = others.sums(model.targetLogprobs(others.batch()));
            for (int i = 0; i < sums.length; i++) sum += sums[i] - reference.of(batch.get(i))[1];
            count += sums.length;
        }
        return Math.max(0, sum / count);
    }

    private double gain(Thumb thumb, double logprob) {
        return logprob - reference.of(thumb)[0];
    }

    private double loss(Thumb thumb, double gain, double moved) {
        return thumb.good() ? settings.desirableWeight() * DpoLoss.sigmoid(settings.beta() * (moved - gain))
                : settings.undesirableWeight() * DpoLoss.sigmoid(settings.beta() * (gain - moved));
    }

    /** The derivative of the loss in the gain: sigmoid' = sigmoid (1 - sigmoid). */
    private double slope(Thumb thumb, double gain, double moved) {
        var s = DpoLoss.sigmoid(settings.beta() * (gain - moved));
        var steep = settings.beta() * s * (1 - s);
        return thumb.good() ? -settings.desirableWeight() * steep : settings.undesirableWeight() * steep;
    }

    private Tally tally(List<Thumb> batch, double[] sums, double moved) {
        var tally = Tally.NONE;
        for (int i = 0; i < sums.length; i++) {
            var thumb = batch.get(i);
            var gain = gain(thumb, sums[i]);
            var kind = thumb.good() ? "chosen" : "rejected";
            tally = tally.plus(Tally.of(loss(thumb, gain, moved), 1).with("rewards/" + kind, settings.beta() * gain, 1)
                    .with("logps/" + kind, sums[i], 1));
        }
        tally = tally.plus(compared(batch, sums));
        var means = tally.means();
        if (!means.containsKey("rewards/chosen") || !means.containsKey("rewards/rejected")) return tally;
        return tally.with("rewards/margins", means.get("rewards/chosen") - means.get("rewards/rejected"), 1);
    }

    /** Each good answer against each bad one: which gained more; and of answers to the same prompt, which is the likelier. */
    private Tally compared(List<Thumb> batch, double[] sums) {
        var tally = Tally.NONE;
        for (int up = 0; up < sums.length; up++) {
            for (int down = 0; down < sums.length; down++) {
                Thumb good = batch.get(up), bad = batch.get(down);
                if (!good.good() || bad.good()) continue;
                tally = tally.with("rewards/accuracies", gain(good, sums[up]) > gain(bad, sums[down]) ? 1 : 0, 1);
                if (good.hasPromptOf(bad)) tally = tally.with("logps/accuracies", sums[up] > sums[down] ? 1 : 0, 1);
            }
        }
        return tally;
    }

    @Override
    public Optional<Stateful> state() {
        return Optional.of(reference);
    }

    @Override
    public String identity() {
        return "kto with beta " + settings.beta() + ", desirable_weight " + settings.desirableWeight() + ", undesirable_weight "
                + settings.undesirableWeight();
    }
}
