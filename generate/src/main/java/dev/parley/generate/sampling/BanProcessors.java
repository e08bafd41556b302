package dev.parley.generate.sampling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Processors that keep tokens, or sequences of them, from coming next. */
final class BanProcessors {

    private BanProcessors() {}

    /** Keeps these tokens out. */
    static LogitsProcessor suppress(List<Integer> tokens) {
        return (ids, logits) -> {
            for (var id : tokens) {
                if (id >= 0 && id < logits.length) logits[id] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Keeps these tokens out where prompt and answer have so many. */
    static LogitsProcessor suppressAt(int length, List<Integer> tokens) {
        var suppressed = suppress(tokens);
        return (ids, logits) -> {
            if (ids.length == length) suppressed.process(ids, logits);
        };
    }

    /** No n tokens in a row are there twice; Paulus et al. 2017 (arXiv:1705.04304), section 2.5. */
    static LogitsProcessor noRepeatNgram(int n) {
        return (ids, logits) -> {
            for (int end = n - 1; end < ids.length; end++) { // ids[end] followed the n-1 before it
                var same = true;
                for (int k = 1; k < n && same; k++) same = ids[end - k] == ids[ids.length - k];
                if (same) logits[ids[end]] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Keeps sequences out: a sequence's last token, where the others stand at the end. An end token alone is no word. */
    static LogitsProcessor badWords(List<List<Integer>> words, List<Integer> eosTokenIds) {
        var biases = new HashMap<List<Integer>, Double>();
        for (var word : words) {
            if (word.size() > 1 || !eosTokenIds.contains(word.getFirst())) biases.put(word, Double.NEGATIVE_INFINITY);
        }
        return sequenceBias(biases);
    }

    /** Adds to the score of a sequence's last token, where the others stand at the end. */
    static LogitsProcessor sequenceBias(Map<List<Integer>, Double> biases) {
        return (ids, logits) -> {
            var sums = new HashMap<Integer, Double>();
            biases.forEach((sequence, bias) -> {
                if (endsWith(ids, sequence.subList(0, sequence.size() - 1))) sums.merge(sequence.getLast(), bias, Double::sum);
            });
            sums.forEach((id, bias) -> {
                if (id >= 0 && id < logits.length) logits[id] = (float) (logits[id] + bias);
            });
        };
    }

    private static boolean endsWith(int[] ids, List<Integer> tail) {
        if (tail.size() > ids.length) return false;
        for (int i = 0; i < tail.size(); i++) {
            if (ids[ids.length - tail.size() + i] != tail.get(i)) return false;
        }
        return true;
    }
}
