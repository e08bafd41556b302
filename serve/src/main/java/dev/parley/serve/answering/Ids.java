package dev.parley.serve.answering;

import dev.parley.generate.tools.ToolFormat;
import java.security.SecureRandom;

/** Names of answers, which nobody can guess. */
public final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Ids() {}

    /** @param prefix of the kind, such as {@code chatcmpl-} */
    public static String of(String prefix) {
        return prefix + letters(24);
    }

    /** Of a call of a function; Mistral's templates want nine letters and digits. */
    public static String ofCall(ToolFormat format) {
        return format.hasShortIds() ? letters(9) : of("call_");
    }

    private static String letters(int count) {
        var text = new StringBuilder(count);
        for (int i = 0; i < count; i++) text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        return text.toString();
    }
}
