package dev.parley.serve.accounts;

import dev.parley.serve.http.ApiError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id (RFC 9106), kept as a PHC string that names its own cost: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. The cost
 * is the one that OWASP asks for: 19 MiB, two passes, one lane.
 */
final class PasswordHash {

    private static final int KIBIBYTES = 19_456;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** Stands in for the hash of a user that there is not, so that the answer takes as long. */
    private static final String OF_NOBODY = phc(KIBIBYTES, PASSES, LANES, new byte[SALT_BYTES], new byte[HASH_BYTES]);

    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=([1-9][0-9]{0,6}),t=([1-9][0-9]?),p=([1-9][0-9]?)\\$([A-Za-z0-9+/]{8,86})\\$([A-Za-z0-9+/]{16,86})");

    /** Each takes memory and a core: those who come at once wait for one another, and not on the carriers of all requests. */
    private static final ExecutorService HASHING = Executors.newFixedThreadPool(2,
            Thread.ofPlatform().daemon().name("parley-password-", 0).factory());
    private static final int PATIENCE_SECONDS = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PasswordHash() {}

    static String of(String password) {
        var salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return phc(KIBIBYTES, PASSES, LANES, salt, argon2id(password, KIBIBYTES, PASSES, LANES, salt, HASH_BYTES));
    }

    /** Whether a password is the one that was hashed; the time it takes does not tell. */
    static boolean matches(String password, String phc) {
        var parts = PHC.matcher(phc);
        if (!parts.matches())
            throw new IllegalStateException("A stored password is not an Argon2id hash; set a new one with parley users passwd.");
        var hash = Base64.getDecoder().decode(parts.group(5));
        var salt = Base64.getDecoder().decode(parts.group(4));
        var again = argon2id(password, Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)),
                salt, hash.length);
        return MessageDigest.isEqual(hash, again);
    }

    /** Takes the time that {@link #matches} takes. */
    static void matchNobody(String password) {
        matches(password, OF_NOBODY);
    }

    private static byte[] argon2id(String password, int kibibytes, int passes, int lanes, byte[] salt, int length) {
        var parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id).withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(kibibytes).withIterations(passes).withParallelism(lanes).withSalt(salt).build();
        var generator = new Argon2BytesGenerator();
        generator.init(parameters);
        var hash = new byte[length];
        return result(HASHING.submit(() -> {
            generator.generateBytes(bytes(password), hash);
            return hash;
        }));
    }

    private static byte[] result(Future<byte[]> hash) {
        try {
            return hash.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            hash.cancel(false);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A password could not be hashed.", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw ApiError.of(503, "busy", "Too many logins at once; try again in a moment.");
    }

    /** Keyboards write é as one character or as two: both are the same password (RFC 8265, section 4.2). */
    private static byte[] bytes(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
    }

    private static String phc(int kibibytes, int passes, int lanes, byte[] salt, byte[] hash) {
        var base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + kibibytes + ",t=" + passes + ",p=" + lanes + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash);
    }
}
