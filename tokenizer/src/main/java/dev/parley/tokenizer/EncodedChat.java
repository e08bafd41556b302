package dev.parley.tokenizer;

import java.util.Arrays;

/**
 * A conversation as tokens, and who says each. Messages are numbered as the template was given them.
 *
 * @param ids token ids
 * @param answers of each token the number of the assistant's message that it is a part of, the token that ends the turn included; -1 where
 *     the assistant does not speak. Of a prompt: see {@link ChatTemplate.Rendered}
 * @param speakers of each token the number of the message whose own words it begins in; -1 where the template speaks
 */
public record EncodedChat(int[] ids, int[] answers, int[] speakers) {

    /** Which tokens the assistant says. */
    public boolean[] assistantMask() {
        var mask = new boolean[ids.length];
        for (int i = 0; i < mask.length; i++) mask[i] = answers[i] >= 0;
        return mask;
    }

    /** The first tokens of it. */
    EncodedChat first(int count) {
        return new EncodedChat(Arrays.copyOf(ids, count), Arrays.copyOf(answers, count), Arrays.copyOf(speakers, count));
    }

    /** How many tokens there are up to the last that the assistant says. */
    int lengthToLastAnswer() {
        var length = ids.length;
        while (length > 0 && answers[length - 1] < 0) length--;
        return length;
    }
}
