package dev.parley.train.objective;

import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.torch.TrainableLM;
import dev.parley.train.checkpoint.Stateful;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Direct preference optimisation, Rafailov et al. 2023 (arXiv:2305.18290): of two answers the better one is to gain on the worse one, as
 * the model was at the beginning. It starts at a loss of ln 2.
 *
 * <pre>{@code
 * var dpo = new Dpo(new Dpo.Settings(0.1, DpoLoss.SIGMOID, 0), train, eval);
 * Trainer.of(model, arguments, dpo, Examples.of(train), Optional.of(Examples.of(eval))).train();
 * }</pre>
 */
public final class Dpo implements Objective<PairRows> {

    private final Settings settings;
    private final ReferenceLogprobs<PairRows> reference;

    /**
     * How pairs are learned, as TRL names it.
     *
     * @param beta how dear it is to move away from the reference
     * @param labelSmoothing how likely a pair is the wrong way round, from 0 to below 0.5; for {@link DpoLoss#SIGMOID}
     */
    public record Settings(double beta, DpoLoss lossType, double labelSmoothing) {

        /** beta 0.1, sigmoid, no smoothing. */
        public static final Settings DEFAULT = new Settings(0.1, DpoLoss.SIGMOID, 0);

        /** @throws IllegalArgumentException if a number is out of its range */
        public Settings {
            if (!(beta > 0) || Double.isInfinite(beta)) throw new IllegalArgumentException("beta is " + beta + "; it is above 0.");
            if (!(labelSmoothing >= 0 && labelSmoothing < 0.5))
                throw new IllegalArgumentException("label_smoothing is " + labelSmoothing + "; it is from 0 to below 0.5.");
        }
    }

    /**
     * Learning of pairs.
     *
     * @param train the very pairs that the trainer is given
     * @param held those that it evaluates on
     */
    public Dpo(Settings settings, List<PairRows> train, List<PairRows> held) {
        this.settings = settings;
        reference = new ReferenceLogprobs<>(Stream.concat(train.stream(), held.stream()).toList());
    }

    @Override
    public Tally step(TrainableLM model, List<List<PairRows>> batches) {
        reference.prepare(model, batches);
        var pairs = batches.stream().mapToInt(List::size).sum();
        var tally = Tally.NONE;
        for (var batch : batches) {
            var answers = new Answers(ReferenceLogprobs.inTurn(batch));
            try (var pass = model.pass(answers.batch())) {
                var judged = judge(batch, answers, pass.logprobs());
                pass.backward(answers.spread(weights(judged, answers, pairs)));
                tally = tally.plus(tally(judged));
            }
        }
        return tally;
    }

    @Override
    public Tally evaluate(TrainableLM model, List<PairRows> batch) {
        reference.prepare(model, List.of());
        var answers = new Answers(ReferenceLogprobs.inTurn(batch));
        return tally(judge(batch, answers, model.targetLogprobs(answers.batch())));
    }

    /** ln p of both answers of a pair, by the model and by the reference, and how much longer than one token each counts. */
    private record Judged(double chosen, double rejected, double chosenReference, double rejectedReference, double chosenLength,
            double rejectedLength) {

        double chosenGain() {
            return (chosen - chosenReference) / chosenLength;
        }

        double rejectedGain() {
            return (rejected - rejectedReference) / rejectedLength;
        }

        double h() {
            return chosenGain() - rejectedGain();
        }
    }

    private List<Judged> judge(List<PairRows> batch, Answers answers, double[] logprobs) {
        var sums = answers.sums(logprobs);
        var judged = new ArrayList<Judged>();
        var n = batch.size();
        var means = settings.lossType() == DpoLoss.IPO;
        for (int i = 0; i < n; i++) {
            var before = reference.of(batch.get(i));
            judged.add(new Judged(sums[i], sums[n + i], before[0], before[1], means ? answers.tokens(i) : 1,
                    means ? answers.tokens(n + i) : 1));
        }
        return judged;
    }

    /** dL/d ln p of each answer, L being the mean over the pairs of the step. */
    private double[] weights(List<Judged> judged, Answers answers, int pairs) {
        var n = judged.size();
        var weights = new double[2 * n];
        for (int i = 0; i < n; i++) {
            var pair = judged.get(i);
            var slope = settings.lossType().slope(pair.h(), settings.beta(), settings.labelSmoothing()) / pairs;
            weights[i] = slope / pair.chosenLength();
            weights[n + i] = -slope / pair.rejectedLength();
        }
        return weights;
    }

    private Tally tally(List<Judged> judged) {
        var tally = Tally.NONE;
        var beta = settings.beta();
        for (var pair : judged) {
            var of = Tally.of(settings.lossType().loss(pair.h(), beta, settings.labelSmoothing()), 1);
            tally = tally
                    .plus(of.with("rewards/chosen", beta * pair.chosenGain(), 1).with("rewards/rejected", beta * pair.rejectedGain(), 1)
                            .with("rewards/accuracies", pair.chosenGain() > pair.rejectedGain() ? 1 : 0, 1)
                            .with("rewards/margins", beta * pair.h(), 1)
                            .with("logps/chosen", pair.chosen(), 1).with("logps/rejected", pair.rejected(), 1)
                            .with("logps/accuracies", pair.chosen() > pair.rejected() ? 1 : 0, 1));
        }
        return tally;
    }

    @Override
    public Optional<Stateful> state() {
        return Optional.of(reference);
    }

    @Override
    public String identity() {
        return "dpo with beta " + settings.beta() + ", loss_type " + settings.lossType().label() + ", label_smoothing "
                + settings.labelSmoothing();
    }
}
