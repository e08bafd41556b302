package dev.parley.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {

    /** The algorithm in its plainest form: count all pairs of all pieces anew for every merge; ties go to the lowest ids. */
    private static List<String> reference(List<String> texts, int merges, long minFrequency) {
        var pieces = new HashMap<List<Integer>, Long>();
        for (var text : texts) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            PreTokenizer.split(PreTokenizer.gpt2(), bytes, 0, bytes.length, (b, from, to, origin) -> {
                var piece = new ArrayList<Integer>();
                for (int i = from; i < to; i++) piece.add(idOfByte(b[i] & 0xff));
                pieces.merge(piece, 1L, Long::sum);
            });
        }
        var made = new ArrayList<String>();
        var idOf = new HashMap<String, Integer>(); // two ways to the same bytes are one token
        var textOf = new ArrayList<String>();
        for (int id = 0; id < 256; id++) textOf.add(String.valueOf((char) ('\u0400' + id)));
        for (int id = 0; id < 256; id++) idOf.put(textOf.get(id), id);
        Map<List<Integer>, Long> now = pieces;
        while (textOf.size() < 256 + merges) {
            var counts = new TreeMap<Long, Long>();
            now.forEach((piece, n) -> {
                for (int i = 0; i + 1 < piece.size(); i++) counts.merge((long) piece.get(i) << 32 | piece.get(i + 1), n, Long::sum);
            });
            var best = counts.entrySet().stream().reduce((a, b) -> b.getValue() > a.getValue() ? b : a);
            if (best.isEmpty() || best.get().getValue() < minFrequency) break;
            int left = (int) (best.get().getKey() >>> 32), right = best.get().getKey().intValue();
            made.add(left + " " + right);
            var text = textOf.get(left) + textOf.get(right);
            if (!idOf.containsKey(text)) {
                idOf.put(text, textOf.size());
                textOf.add(text);
            }
            int merged = idOf.get(text);
            var next = new HashMap<List<Integer>, Long>();
            now.forEach((piece, n) -> {
                var joined = new ArrayList<Integer>();
                for (int i = 0; i < piece.size(); i++) {
                    if (i + 1 < piece.size() && piece.get(i) == left && piece.get(i + 1) == right) {
                        joined.add(merged);
                        i++;
                    } else {
                        joined.add(piece.get(i));
                    }
                }
                next.merge(joined, n, Long::sum);
            });
            now = next;
        }
        return made;
    }

    /** The alphabet's ids follow the characters that stand for the bytes. */
    private static int idOfByte(int b) {
        var before = 0;
        for (int other = 0; other < 256; other++) {
            if (ByteLevelAlphabet.characterOf(other) < ByteLevelAlphabet.characterOf(b)) before++;
        }
        return before;
    }

    private static void agree(List<String> texts, int merges, long minFrequency, int threads) {
        var tokenizer = new BpeTrainer(256 + merges, minFrequency, List.of(), false, threads).train(texts.iterator());
        var ours = tokenizer.merges().stream().map(m -> m.left() + " " + m.right()).toList();
        assertEquals(reference(texts, merges, minFrequency), ours);
    }

    @Test
    void mergesEqualTheReferenceAlgorithms() {
        agree(List.of("to be or not to be that is the question", "whether tis nobler in the mind to suffer"), 60, 1, 2);
        agree(List.of("aaaa aaa aa a aaaaaaaa", "abababab baba ab"), 30, 1, 1);
        agree(List.of("你好你好 世界世界你好", "naïve café naïve"), 40, 2, 1);
    }

    @Test
    void manyTiesAreBrokenAsTheReferenceBreaksThem() {
        for (int seed = 0; seed < 30; seed++) {
            var random = new SplittableRandom(seed);
            var texts = new ArrayList<String>();
            for (int n = 0; n < 40; n++) {
                var text = new StringBuilder();
                for (int i = random.nextInt(30); i >= 0; i--) text.append("ab c".charAt(random.nextInt(4)));
                texts.add(text.toString());
            }
            agree(texts, 50, 1 + seed % 3, 1 + seed % 2);
        }
    }

    @Test
    void specialTokensComeFirstAndDigitsStayAlone() {
        var tokenizer = BpeTrainer.of(300).withIndividualDigits(true).withSpecialTokens("<|endoftext|>", "<|im_end|>")
                .train(List.of("2026 2026 2026 2026 word word word").iterator());
        assertEquals(0, tokenizer.idOf("<|endoftext|>").orElseThrow());
        assertEquals(1, tokenizer.idOf("<|im_end|>").orElseThrow());
        assertEquals(4, tokenizer.encode("2026").length);
    }
}
