package dev.parley.train.objective;

import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainingException;
import dev.parley.train.checkpoint.Stateful;
import dev.parley.train.objective.RolloutMetrics.Judged;
import dev.parley.train.rollout.Question;
import dev.parley.train.rollout.Rewards;
import dev.parley.train.rollout.Rollout;
import dev.parley.train.rollout.Rollouts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Group relative policy optimisation, Shao et al. 2024 (arXiv:2402.03300): the model tries several answers to a question, code judges them,
 * and those that were better than the others become likelier.
 *
 * <pre>{@code
 * var rollouts = new Rollouts(chats, RolloutSettings.DEFAULT, List.of());
 * var grpo = Grpo.of(GrpoSettings.DEFAULT, rollouts, Rewards.of(RewardFunctions.number()), 42);
 * Trainer.of(model, arguments, grpo, Examples.of(questions), Optional.of(Examples.of(held))).train();
 * }</pre>
 *
 * An evaluation takes the likeliest answer to each held-out question; its loss is minus their mean reward.
 */
public final class Grpo implements Objective<Question> {

    private final GrpoSettings settings;
    private final Rollouts rollouts;
    private final Rewards rewards;
    private final long seed;
    private final Optional<Supplier<TrainableLM>> opensReference;
    private final GrpoState state = new GrpoState();
    private Optional<TrainableLM> reference = Optional.empty();
    private long tokens; // of the questions and answers of the last step

    private Grpo(GrpoSettings settings, Rollouts rollouts, Rewards rewards, long seed, Optional<Supplier<TrainableLM>> opensReference) {
        this.settings = settings;
        this.rollouts = rollouts;
        this.rewards = rewards;
        this.seed = seed;
        this.opensReference = opensReference;
    }

    /**
     * Learning by rewards. With a {@code beta} above 0 the model must have an adapter, without which it is the reference.
     *
     * @param seed of the answers that are tried
     */
    public static Grpo of(GrpoSettings settings, Rollouts rollouts, Rewards rewards, long seed) {
        return new Grpo(settings, rollouts, rewards, seed, Optional.empty());
    }

    /** The same with a reference for a model without an adapter: the weights at the start. Asked for once, and closed with this. */
    public Grpo withReference(Supplier<TrainableLM> reference) {
        return new Grpo(settings, rollouts, rewards, seed, Optional.of(reference));
    }

    @Override
    public int stepsPerBatch() {
        return settings.numIterations();
    }

    @Override
    public Tally step(TrainableLM model, List<List<Question>> batches) {
        var tally = state.iteration() == 0 ? sample(model, batches) : Tally.NONE;
        var answers = state.batches().stream().flatMap(List::stream).toList();
        tokens = answers.stream().mapToLong(answer -> answer.ids().length).sum();
        var totals = new GrpoLoss.Totals(answers.size(), answers.stream().mapToLong(TriedAnswer::tokens).sum(),
                rollouts.settings().maxCompletionLength());
        var learned = new ArrayList<List<TriedAnswer>>();
        var passes = Tally.NONE;
        for (var batch : state.batches()) {
            var pass = new Pass(totals, new ArrayList<>(batch));
            pass.learn(model);
            passes = passes.plus(pass.tally);
            learned.add(pass.answers);
        }
        if (passes.loss().targets() == 0) standStill(model, answers.getFirst());
        state.learned(learned, settings.numIterations());
        var loss = Tally.of(passes.loss().sum() * totals.answers(), totals.answers()); // a mean already
        return loss.plus(tally).plus(new Tally(Tally.NONE.loss(), passes.metrics()));
    }

    @Override
    public long tokens(List<List<Question>> batches) {
        return tokens;
    }

    // ---- answers ----

    private Tally sample(TrainableLM model, List<List<Question>> batches) {
        var questions = batches.stream().flatMap(List::stream).toList();
        List<Rollout> tried;
        try (var running = model.running()) {
            tried = rollouts.sample(running.model(), questions, Rollouts.seed(seed, state.draws(), 0));
        }
        var judged = tried.stream().map(rollout -> Judged.of(rollout, rewards)).toList();
        var each = rollouts.settings().numGenerations();
        var totals = new double[questions.size()][each];
        for (int i = 0; i < judged.size(); i++) totals[i / each][i % each] = judged.get(i).total();
        requireFinite(judged);
        var advantages = settings.scaleRewards().advantages(totals);
        var sampled = new ArrayList<List<TriedAnswer>>();
        var first = 0;
        for (var batch : batches) {
            var answers = new ArrayList<TriedAnswer>();
            for (int i = first; i < first + batch.size() * each; i++) answers.add(answer(tried.get(i), advantages[i / each][i % each]));
            sampled.add(settings.beta() > 0 ? withReference(model, answers) : List.copyOf(answers));
            first += batch.size() * each;
        }
        state.sampled(sampled);
        return new RolloutMetrics(rewards, judged).grouped(totals);
    }

    private void requireFinite(List<Judged> judged) {
        for (var one : judged) {
            if (!Double.isFinite(one.total()))
                throw new TrainingException("The rewards of an answer add up to " + one.total() + ", which nothing can be learned from: "
                        + Arrays.toString(one.each()) + " of " + rewards.all().stream().map(each -> each.reward().name()).toList() + ".");
        }
    }

    private TriedAnswer answer(Rollout tried, double advantage) {
        return new TriedAnswer(tried.row().inputIds(), tried.row().labels(), advantage,
                tried.tokens() > 0 && (tried.isEnded() || !settings.maskTruncatedCompletions()), new double[0], new double[0]);
    }

    private List<TriedAnswer> withReference(TrainableLM model, List<TriedAnswer> answers) {
        var rows = new Answers(answers.stream().map(TriedAnswer::row).toList());
        var logprobs = model.adapter().isPresent() ? model.withoutAdapter(() -> model.targetLogprobs(rows.batch()))
                : reference(model).targetLogprobs(rows.batch());
        var with = new ArrayList<TriedAnswer>();
        for (int i = 0; i < answers.size(); i++) with.add(answers.get(i).withReference(rows.of(i, logprobs)));
        return List.copyOf(with);
    }

    private TrainableLM reference(TrainableLM model) {
        if (reference.isEmpty()) {
            reference = Optional.of(opensReference.orElseThrow(() -> new TrainingException(
                    "A beta of " + settings.beta() + " needs a reference: give one, or train an adapter.")).get());
            reference.get().computeIn(model.computeType());
        }
        return reference.get();
    }

    // ---- learning ----

    /** One pass over answers of a step. */
    private final class Pass {

        private final GrpoLoss.Totals totals;
        private final List<TriedAnswer> answers;
        private Tally tally = Tally.NONE; // the loss is this pass's part of the step's

        Pass(GrpoLoss.Totals totals, List<TriedAnswer> answers) {
            this.totals = totals;
            this.answers = answers;
        }

        /** Answers that are as good as the others to their question move nothing, and are not read. */
        private boolean teaches(TriedAnswer answer) {
            return answer.counts() && (answer.advantage() != 0 || settings.beta() > 0);
        }

        void learn(TrainableLM model) {
            var read = new ArrayList<Integer>();
            for (int i = 0; i < answers.size(); i++) if (teaches(answers.get(i))) read.add(i);
            if (read.isEmpty()) return;
            var rows = new Answers(read.stream().map(i -> answers.get(i).row()).toList());
            try (var pass = model.pass(rows.batch())) {
                var logprobs = pass.logprobs();
                var weights = new double[logprobs.length];
                for (int r = 0; r < read.size(); r++) {
                    var own = rows.of(r, logprobs);
                    var answer = answers.get(read.get(r));
                    System.arraycopy(slopes(answer, own), 0, weights, rows.begin(r), own.length);
                    if (answer.old().length == 0) answers.set(read.get(r), answer.withOld(own));
                }
                pass.backward(weights);
            }
        }

        /** dL/d ln p of each token of an answer. */
        private double[] slopes(TriedAnswer answer, double[] now) {
            var bounds = settings.bounds();
            var weight = settings.lossType().weight(now.length, totals);
            var slopes = new double[now.length];
            double loss = 0, likelihood = 0, divergence = 0;
            int low = 0, high = 0;
            for (int i = 0; i < now.length; i++) {
                var token = answer.token(i, now[i]);
                slopes[i] = weight * token.slope(bounds);
                loss += weight * token.loss(bounds);
                likelihood += now[i];
                divergence += token.divergence();
                if (token.isClippedLow(bounds)) low++;
                if (token.isClippedHigh(bounds)) high++;
            }
            tally = tally.plus(Tally.of(loss, now.length)).with("clip_ratio/low_mean", low, now.length)
                    .with("clip_ratio/high_mean", high, now.length).with("clip_ratio/region_mean", low + high, now.length);
            if (answer.old().length == 0) tally = tally.with("entropy", -likelihood, now.length);
            if (settings.beta() > 0) tally = tally.with("kl", divergence, now.length);
            return slopes;
        }
    }

    /** A gradient of nothing, where no answer was better than another: the run goes on. */
    private static void standStill(TrainableLM model, TriedAnswer answer) {
        var rows = new Answers(List.<TrainingRow>of(answer.row()));
        try (var pass = model.pass(rows.batch())) {
            pass.backward(new double[rows.batch().targets().length]);
        }
    }

    @Override
    public Tally evaluate(TrainableLM model, List<Question> batch) {
        try (var running = model.running()) {
            var judged = rollouts.greedy(running.model(), batch).stream().map(rollout -> Judged.of(rollout, rewards)).toList();
            return Tally.of(-judged.stream().mapToDouble(Judged::total).sum(), judged.size())
                    .plus(new RolloutMetrics(rewards, judged).single());
        }
    }

    @Override
    public Optional<Stateful> state() {
        return Optional.of(state);
    }

    @Override
    public String identity() {
        return "grpo with " + settings + ", " + rollouts.settings() + " and the rewards "
                + rewards.all().stream().map(each -> each.weight() + " " + each.reward().name()).toList();
    }

    @Override
    public void close() {
        reference.ifPresent(TrainableLM::close);
        reference = Optional.empty();
    }
}
