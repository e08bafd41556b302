package dev.parley.generate.strategy;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.LogitsProcessor;
import dev.parley.generate.sampling.Sampler;
import dev.parley.generate.sampling.StopStrings;
import dev.parley.grammar.GrammarProgress;
import dev.parley.model.InferenceSession.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/**
 * Follows several sequences at once and keeps the most likely, Graves 2012 (arXiv:1211.3711), in transformers' manner: of twice as many
 * candidates as beams or more, one that ends counts if it is among as many first ones as there are beams, and what has ended is compared by
 * ln p divided by
 * a power of its length. With a temperature, candidates are drawn instead of taken.
 */
final class BeamSearch extends Strategy {

    private final Generation task;
    private final GenerationConfig config;
    private final List<GeneratedText> texts; // written when the search is over
    private final int tried; // candidates: as many as running beams are found among, whichever end
    private final List<LogitsProcessor> processors;
    private final Optional<GrammarProgress> grammar;
    private final Predicate<int[]> stops; // whether prompt and answer end with a stop string, or hold all that the grammar allows
    private final RandomGenerator random;
    private final PriorityQueue<Beam> finished = new PriorityQueue<>(Comparator.comparingDouble(Beam::score)); // the worst first
    private List<Beam> running;
    private int[] parents = {}; // of the running beams, among the branches that were read
    private int written; // texts
    private boolean over;

    /**
     * Tokens and what they are worth.
     *
     * @param ids of prompt and answer
     * @param score ln p of the answer while running; divided by the power of its length once finished
     */
    record Beam(int[] ids, double score, FinishReason reason) {}

    /** The next token of a running beam. */
    private record Candidate(int beam, int token, double score) {}

    BeamSearch(Generation task) {
        super(IntStream.range(0, task.config().numReturnSequences()).mapToObj(i -> new GeneratedText(task, i)).toList(),
                Tokens.of(task.prompt()), true);
        this.task = task;
        config = task.config();
        texts = super.texts();
        written = texts.size();
        running = List.of(new Beam(task.prompt(), 0, FinishReason.LENGTH));
        processors = task.processors();
        grammar = task.masks().map(masks -> masks.follow(task.answerFrom()));
        stops = stops(task, grammar);
        tried = config.numBeams() * Math.max(2, 1 + config.eosTokenIds().size());
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(config.seed());
        over = texts.stream().noneMatch(GeneratedText::running); // what was begun is the whole answer
    }

    private static Predicate<int[]> stops(Generation task, Optional<GrammarProgress> grammar) {
        var config = task.config();
        Predicate<int[]> complete = ids -> grammar.isPresent() && grammar.get().mustEnd(ids);
        if (config.stopStrings().isEmpty() || task.tokenizer().isEmpty()) return complete;
        var tokens = StopStrings.tokens(config.stopStrings(), task.tokenizer());
        return complete.or(ids -> tokens.containsKey(ids[ids.length - 1])).or(ids -> {
            var text = task.tokenizer().get().decode(Arrays.copyOfRange(ids, task.answerFrom(), ids.length), true);
            return config.stopStrings().stream().anyMatch(text::contains);
        });
    }

    @Override
    public boolean isReady(Executor executor) {
        if (grammar.isEmpty()) return true;
        var ready = true;
        for (var beam : running) ready &= grammar.get().isReady(beam.ids, executor); // all are asked for at once
        return ready;
    }

    /** Beams that were chosen go on from what was read of their parents. */
    @Override
    public void prepare(int room) {
        if (parents.length == 0) return;
        var read = branches();
        var next = new ArrayList<Branch>();
        for (int i = 0; i < parents.length; i++) {
            var tokens = Tokens.of(running.get(i).ids);
            var parent = parents[i];
            var isLast = Arrays.stream(parents, i + 1, parents.length).noneMatch(p -> p == parent);
            next.add(isLast ? read.get(parent).grow(tokens) : read.get(parent).fork(tokens));
        }
        read.forEach(Branch::close);
        branches(next);
        parents = new int[0];
    }

    @Override
    public int choose(List<Output> outputs) {
        var scores = outputs.stream().map(o -> o.scores()[o.scores().length - 1]).toArray(float[][]::new);
        var candidates = config.temperature() > 0 ? drawn(running, scores) : best(running, scores);
        var next = new ArrayList<Beam>();
        var from = new ArrayList<Integer>();
        for (int rank = 0; rank < candidates.size() && next.size() < config.numBeams(); rank++) {
            var c = candidates.get(rank);
            var before = running.get(c.beam).ids;
            var ids = Arrays.copyOf(before, before.length + 1);
            ids[before.length] = c.token;
            var ends = !config.ignoreEos() && config.eosTokenIds().contains(c.token);
            if (ends || stops.test(ids)) {
                if (rank < config.numBeams()) finish(ids, c.score, FinishReason.STOP);
            } else {
                next.add(new Beam(ids, c.score, FinishReason.LENGTH));
                from.add(c.beam);
            }
        }
        var length = running.getFirst().ids.length + 1 - task.prompt().length;
        if (next.isEmpty() && finished.isEmpty()) throw new IllegalStateException("No token is allowed to come next.");
        running = next;
        parents = from.stream().mapToInt(i -> i).toArray();
        if (next.isEmpty() || done(next.getFirst().score, length)) complete();
        else if (length == task.limit()) end(FinishReason.LENGTH);
        return 1;
    }

    @Override
    public void end(FinishReason reason) {
        if (over) return;
        if (running.getFirst().ids.length > task.prompt().length) running.forEach(b -> finish(b.ids, b.score, reason));
        if (finished.isEmpty()) texts.stream().filter(GeneratedText::running).forEach(text -> text.end(reason));
        complete();
    }

    /** Writes the best sequences. */
    private void complete() {
        over = true;
        var best = best();
        if (!best.isEmpty()) written = best.size();
        for (int i = 0; i < best.size(); i++) {
            var text = texts.get(i);
            var beam = best.get(i);
            for (int at = task.prompt().length; at < beam.ids.length && text.running(); at++) text.append(beam.ids[at]);
            if (text.running()) text.end(beam.reason);
        }
    }

    /** The best that have ended, best first. */
    List<Beam> best() {
        return finished.stream().sorted(Comparator.comparingDouble(Beam::score).reversed()).limit(texts.size()).toList();
    }

    @Override
    public List<GeneratedText> texts() {
        return texts.subList(0, written);
    }

    @Override
    public boolean running() {
        return !over;
    }

    private double worth(double score, int length) {
        return score / Math.pow(length, config.lengthPenalty());
    }

    private void finish(int[] ids, double score, FinishReason reason) {
        finished.add(new Beam(ids, worth(score, ids.length - task.prompt().length), reason));
        if (finished.size() > config.numBeams()) finished.poll();
    }

    private boolean done(double bestRunning, int length) {
        if (finished.size() < config.numBeams()) return false;
        return switch (config.earlyStopping()) {
            case TRUE -> true;
            case FALSE -> worth(bestRunning, length) <= finished.element().score;
            case NEVER -> worth(bestRunning, config.lengthPenalty() > 0 ? task.limit() : length) <= finished.element().score;
        };
    }

    /** ln p of a running beam and each next token, after the processors. */
    private double[][] totals(List<Beam> running, float[][] scores) {
        var totals = new double[running.size()][];
        for (int b = 0; b < totals.length; b++) {
            var logprobs = Sampler.logSoftmax(scores[b]);
            for (var processor : processors) processor.process(running.get(b).ids, logprobs);
            totals[b] = new double[logprobs.length];
            for (int i = 0; i < logprobs.length; i++) totals[b][i] = running.get(b).score + logprobs[i];
        }
        return totals;
    }

    private List<Candidate> best(List<Beam> running, float[][] scores) {
        var totals = totals(running, scores);
        var kept = new PriorityQueue<>(
                Comparator.comparingDouble(Candidate::score).thenComparing(c -> -c.beam).thenComparing(c -> -c.token));
        for (int b = 0; b < totals.length; b++) {
            for (int i = 0; i < totals[b].length; i++) {
                if (totals[b][i] == Double.NEGATIVE_INFINITY || kept.size() == tried && totals[b][i] <= kept.element().score) continue;
                kept.add(new Candidate(b, i, totals[b][i]));
                if (kept.size() > tried) kept.poll();
            }
        }
        return kept.stream().sorted(Comparator.comparingDouble(Candidate::score).reversed()).toList();
    }

    /** Draws without putting back: the highest of ln p plus Gumbel noise are such draws (Kool et al. 2019, arXiv:1903.06059). */
    private List<Candidate> drawn(List<Beam> running, float[][] scores) {
        record Drawn(Candidate candidate, double key) {}
        var totals = totals(running, scores);
        var kept = new PriorityQueue<>(Comparator.comparingDouble(Drawn::key));
        for (int b = 0; b < totals.length; b++) {
            for (int i = 0; i < totals[b].length; i++) {
                if (totals[b][i] == Double.NEGATIVE_INFINITY) continue;
                kept.add(new Drawn(new Candidate(b, i, totals[b][i]), totals[b][i] - Math.log(-Math.log(random.nextDouble(1e-300, 1)))));
                if (kept.size() > tried) kept.poll();
            }
        }
        return kept.stream().map(Drawn::candidate).sorted(Comparator.comparingDouble(Candidate::score).reversed()).toList();
    }
}
