package dev.parley.generate;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.LogitsProcessor;
import dev.parley.generate.sampling.TopK;
import dev.parley.grammar.TokenMasks;
import dev.parley.model.Continuation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Follows several texts at once and keeps the likeliest, Graves 2012 (arXiv:1211.3711), in transformers' manner: of twice as many
 * candidates as beams or more, one that ends counts if it is among as many first ones as there are beams, and what has ended is compared by ln p divided by
 * a power of its length. With a temperature, candidates are drawn instead of taken.
 */
final class BeamSearch {

    private final GenerationConfig config;
    private final int[] prompt;
    private final int limit;
    private final int tried; // candidates: as many as running beams are found among, whichever end
    private final List<LogitsProcessor> processors;
    private final Predicate<int[]> stops; // whether new tokens hold a stop string, or are all that the grammar allows
    private final RandomGenerator random;
    private final PriorityQueue<Beam> finished = new PriorityQueue<>(Comparator.comparingDouble(Beam::score)); // the worst first

    /**
     * New tokens and what they are worth.
     *
     * @param score ln p while running; divided by the power of the length once finished
     */
    record Beam(int[] ids, double score, FinishReason reason) {}

    /** The next token of a running beam. */
    private record Candidate(int beam, int token, double score) {}

    BeamSearch(GenerationConfig config, int[] prompt, int limit, Optional<TokenMasks> masks, Predicate<int[]> stops) {
        this.config = config;
        this.prompt = prompt;
        this.limit = limit;
        this.stops = stops;
        processors = LogitsProcessor.of(config, prompt.length, limit, masks);
        tried = config.numBeams() * Math.max(2, 1 + config.eosTokenIds().size());
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(config.seed());
    }

    /** The best texts, best first, {@code numReturnSequences} of them. @param continuation of one text, nothing fed yet */
    List<Beam> search(Continuation continuation, Interruption interruption) {
        var running = List.of(new Beam(new int[0], 0, FinishReason.LENGTH));
        var scores = continuation.feed(new int[][] {prompt});
        for (int length = 1; ; length++) {
            var candidates = config.temperature() > 0 ? drawn(running, scores) : best(running, scores);
            var next = new ArrayList<Beam>();
            var from = new ArrayList<Integer>();
            for (int rank = 0; rank < candidates.size() && next.size() < config.numBeams(); rank++) {
                var c = candidates.get(rank);
                var ids = Arrays.copyOf(running.get(c.beam).ids, length);
                ids[length - 1] = c.token;
                var ends = !config.ignoreEos() && config.eosTokenIds().contains(c.token);
                if (ends || stops.test(ids)) {
                    if (rank < config.numBeams()) finish(ids, c.score, FinishReason.STOP);
                } else {
                    next.add(new Beam(ids, c.score, FinishReason.LENGTH));
                    from.add(c.beam);
                }
            }
            var interrupted = interruption.reason();
            if (interrupted.isPresent()) {
                next.forEach(b -> finish(b.ids, b.score, interrupted.get()));
                break;
            }
            if (next.isEmpty() || done(next.getFirst().score, length)) break;
            if (length == limit) {
                next.forEach(b -> finish(b.ids, b.score, FinishReason.LENGTH));
                break;
            }
            continuation.select(from.stream().mapToInt(i -> i).toArray());
            scores = continuation.feed(next.stream().map(b -> new int[] {b.ids[b.ids.length - 1]}).toArray(int[][]::new));
            running = next;
        }
        return finished.stream().sorted(Comparator.comparingDouble(Beam::score).reversed()).limit(config.numReturnSequences()).toList();
    }

    private double worth(double score, int length) {
        return score / Math.pow(length, config.lengthPenalty());
    }

    private void finish(int[] ids, double score, FinishReason reason) {
        finished.add(new Beam(ids, worth(score, ids.length), reason));
        if (finished.size() > config.numBeams()) finished.poll();
    }

    private boolean done(double bestRunning, int length) {
        if (finished.size() < config.numBeams()) return false;
        return switch (config.earlyStopping()) {
            case TRUE -> true;
            case FALSE -> worth(bestRunning, length) <= finished.element().score;
            case NEVER -> worth(bestRunning, config.lengthPenalty() > 0 ? limit : length) <= finished.element().score;
        };
    }

    /** ln p of a running beam and each next token, after the processors. */
    private double[][] totals(List<Beam> running, float[][] scores) {
        var totals = new double[running.size()][];
        for (int b = 0; b < totals.length; b++) {
            var logprobs = TopK.logSoftmax(scores[b]);
            var ids = Arrays.copyOf(prompt, prompt.length + running.get(b).ids.length);
            System.arraycopy(running.get(b).ids, 0, ids, prompt.length, running.get(b).ids.length);
            for (var processor : processors) processor.process(ids, logprobs);
            totals[b] = new double[logprobs.length];
            for (int i = 0; i < logprobs.length; i++) totals[b][i] = running.get(b).score + logprobs[i];
        }
        return totals;
    }

    private List<Candidate> best(List<Beam> running, float[][] scores) {
        var totals = totals(running, scores);
        var kept = new PriorityQueue<>(Comparator.comparingDouble(Candidate::score).thenComparing(c -> -c.beam).thenComparing(c -> -c.token));
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
