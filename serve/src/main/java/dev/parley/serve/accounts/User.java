package dev.parley.serve.accounts;

import java.text.Normalizer;
import java.time.Instant;
import java.util.Locale;

/**
 * Somebody who may log in.
 *
 * @param id of the user, which stays when the name changes hands
 * @param name by which they log in
 * @param disabled whether they may not for now
 */
public record User(String id, String name, boolean disabled, Instant created) {

    static final int LONGEST_NAME = 64;

    private static final int LONGEST_TYPED = 4 * LONGEST_NAME;
    private static final String NOBODY = ""; // which is no name

    /**
     * The one form of a name, however it is typed: {@code Ada} and {@code ada} are the same. What is much too long for a name is nobody's
     * and is not looked at: normalising makes up to eighteen characters of one.
     */
    static String normalised(String name) {
        if (name.length() > LONGEST_TYPED) return NOBODY;
        return Normalizer.normalize(name, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if nobody can be called so */
    static String checkedName(String name) {
        var normalised = normalised(name);
        var letters = normalised.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c < 128 && "._@-".indexOf(c) >= 0);
        if (normalised.isEmpty() || !letters || normalised.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "A name consists of 1 to " + LONGEST_NAME + " letters, digits, dots, _, @ and -; this one does not.");
        }
        return normalised;
    }
}
