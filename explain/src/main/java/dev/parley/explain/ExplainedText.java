package dev.parley.explain;

import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A prompt and the answer to it, as tokens.
 *
 * @param ids of both
 * @param promptLength how many of them are the prompt
 * @param tokens what each token is written as
 */
public record ExplainedText(int[] ids, int promptLength, List<String> tokens) {

    /**
     * @throws IllegalArgumentException if prompt or answer is empty
     */
    public ExplainedText {
        if (promptLength == 0) throw new IllegalArgumentException("The prompt is empty: there is nothing that the answer could rest on.");
        if (promptLength == ids.length) throw new IllegalArgumentException("The answer is empty: there is no token to explain.");
        tokens = List.copyOf(tokens);
    }

    /**
     * Joins prompt and answer.
     *
     * @param tokenizer that writes the tokens; without one they are written as their numbers
     */
    public static ExplainedText of(Optional<Tokenizer> tokenizer, int[] prompt, int[] answer) {
        var ids = new int[prompt.length + answer.length];
        System.arraycopy(prompt, 0, ids, 0, prompt.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        var tokens = new ArrayList<String>();
        if (tokenizer.isPresent()) {
            tokens.addAll(written(tokenizer.get(), ids));
        } else {
            for (var id : ids) tokens.add(Integer.toString(id));
        }
        return new ExplainedText(ids, prompt.length, tokens);
    }

    /** A character that several tokens make stands at the last of them; the others show their bytes. */
    private static List<String> written(Tokenizer tokenizer, int[] ids) {
        var tokens = new ArrayList<String>();
        var decoder = tokenizer.streamDecoder(false);
        for (var id : ids) {
            var text = decoder.push(id);
            tokens.add(text.isEmpty() ? bytes(tokenizer, id) : text);
        }
        return tokens;
    }

    /** How one token is written where it stands alone. */
    static String written(Optional<Tokenizer> tokenizer, int id) {
        if (tokenizer.isEmpty()) return Integer.toString(id);
        if (id >= tokenizer.get().vocabSize()) return "#" + id; // a model's table may have more rows than its tokenizer has tokens
        var text = tokenizer.get().token(id);
        return text.isEmpty() || text.indexOf('\uFFFD') >= 0 ? bytes(tokenizer.get(), id) : text;
    }

    private static String bytes(Tokenizer tokenizer, int id) {
        return "‹" + HexFormat.ofDelimiter(" ").withUpperCase().formatHex(tokenizer.decodeBytes(new int[] {id})) + "›";
    }

    /** Tokens of prompt and answer. */
    public int length() {
        return ids.length;
    }

    /** Tokens of the answer. */
    public int answerLength() {
        return ids.length - promptLength;
    }
}
