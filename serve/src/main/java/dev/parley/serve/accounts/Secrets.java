package dev.parley.serve.accounts;

import dev.parley.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Words that nobody can guess, and what may be kept of them. They are random, so that a plain hash hides them: only passwords,
 * which people choose, need the slow {@link PasswordHash}.
 */
public final class Secrets {

    /** Letters and digits that hold 256 bits: 43 · log2(62) = 256.03. */
    public static final int LENGTH = 43;

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    /** A random word of letters and digits. */
    public static String word(int length) {
        var word = new StringBuilder(length);
        for (int i = 0; i < length; i++) word.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        return word.toString();
    }

    /** Whether it could be a secret of ours: nothing else needs to be looked for. */
    public static boolean looksLikeOne(String text) {
        return text.length() == LENGTH && text.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
    }

    /** What is kept of a secret. */
    static String hash(String secret) {
        return Sha256.of(secret);
    }

    /**
     * A word that only who knows the secret can make, and that does not give the secret away.
     *
     * @param purpose what it is for
     */
    public static String derived(String secret, String purpose) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("This JVM lacks HMAC-SHA-256.", e);
        }
    }

    /** Whether two words are equal, in a time that does not tell where they differ. */
    public static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
