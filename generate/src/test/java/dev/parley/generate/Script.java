package dev.parley.generate;

import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes any model say what a test wants, by biases: after the end of a prompt each token of a text is raised once those before it are there. */
public final class Script {

    private static final int ANCHOR = 4; // tokens of the prompt
    private static final double SURE = 1000;

    private Script() {}

    /**
     * Biases by which a prompt is answered with a text.
     *
     * @param end the token that ends the answer
     */
    public static Map<List<Integer>, Double> answer(int[] prompt, Tokenizer tokenizer, String text, int end) {
        var ids = tokenizer.encodeWithSpecialTokens(text);
        var answer = Arrays.copyOf(ids, ids.length + 1);
        answer[ids.length] = end;
        return biases(prompt, answer);
    }

    /** Biases by which an answer begins with a text, and goes on as it likes. */
    public static Map<List<Integer>, Double> beginning(int[] prompt, Tokenizer tokenizer, String text) {
        return biases(prompt, tokenizer.encodeWithSpecialTokens(text));
    }

    private static Map<List<Integer>, Double> biases(int[] prompt, int[] answer) {
        var biases = new HashMap<List<Integer>, Double>();
        var anchor = Arrays.stream(prompt).skip(Math.max(0, prompt.length - ANCHOR)).boxed().toList();
        for (int i = 1; i <= answer.length; i++) {
            biases.put(Stream.concat(anchor.stream(), Arrays.stream(answer, 0, i).boxed()).toList(), SURE);
        }
        return biases;
    }
}
