package dev.parley.files;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Valid files made invalid, the way disks, networks and strangers do it. The same seed gives the same files. */
public final class Mutations {

    private static final long[] WORDS = {0, 1, -1, 2, 127, 128, 255, 256, 32_767, 65_535, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE,
        1L << 32,
        1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 7};
    private static final String[] TOKENS = {"0", "-1", "1", "2", "1e400", "-0.0", "0.5", "NaN", "2147483647", "2147483648", "4294967296",
        "9223372036854775807",
        "99999999999999999999999", "null", "true", "false", "\"\"", "\"x\"", "\"../../x\"", "\"/etc/hosts\"", "\"\\u0000\"", "\"\\ud800\"",
        "[]", "{}", "[[[[0]]]]",
        "[1,2]", "{\"a\":1}", "", ",", ":", "{", "}", "[", "]", "\"", "[" + "[".repeat(2000), "1".repeat(2000)};
    private static final Pattern TOKEN = Pattern.compile("-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|\"[^\"]*\"|true|false|null|[\\[\\]{}:,]");

    private final SplittableRandom random;

    public Mutations(long seed) {
        random = new SplittableRandom(seed);
    }

    /** What reads a file; it may refuse it only by an exception of the reader's own. */
    @FunctionalInterface
    public interface Reading {
        void run() throws Exception;
    }

    /**
     * Runs a reader, which must succeed or refuse with a sentence of its own, and must not take more heap than a few times the
     * file: 2 MB for what any reader needs, and for each byte what the objects of a parsed header take.
     */
    public static void readOrRefused(Reading reading, Class<? extends RuntimeException> refusal, long fileBytes) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var before = threads.getCurrentThreadAllocatedBytes();
        try {
            reading.run();
        } catch (Throwable e) {
            if (!refusal.isInstance(e)) throw new AssertionError("refused by " + e, e);
            assertTrue(e.getMessage() != null && e.getMessage().length() < 700, e.getMessage());
        }
        var allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 2_000_000 + 32 * fileBytes, "a file of " + fileBytes + " bytes took " + allocated + " of heap");
    }

    /** One to three changes of bytes: flips, numbers at their limits, cuts, holes, copies. */
    public byte[] bytes(byte[] good) {
        var bytes = good.clone();
        for (int n = 1 + random.nextInt(3); n > 0 && bytes.length > 8; n--) bytes = change(bytes);
        return bytes;
    }

    private byte[] change(byte[] bytes) {
        var at = random.nextInt(bytes.length - 8);
        var words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> words.putShort(at, (short) WORDS[random.nextInt(WORDS.length)]);
            case 3 -> words.putInt(at, (int) WORDS[random.nextInt(WORDS.length)]);
            case 4 -> words.putLong(at, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : WORDS[random.nextInt(WORDS.length)]);
            case 5 -> System.arraycopy(bytes, random.nextInt(bytes.length - 8), bytes, at, 8);
            case 6 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            default -> {
                var out = new ByteArrayOutputStream();
                out.write(bytes, 0, at);
                var to = Math.min(bytes.length, at + random.nextInt(64));
                if (random.nextBoolean()) out.write(bytes, at, to - at); // twice
                if (random.nextBoolean()) out.write(bytes, at, to - at);
                out.write(bytes, to, bytes.length - to);
                return out.toByteArray();
            }
        }
        return bytes;
    }

    /** JSON with one to three of its tokens replaced, removed or repeated; sometimes with bytes changed. */
    public byte[] json(String good) {
        if (random.nextInt(4) == 0) return bytes(good.getBytes(StandardCharsets.UTF_8));
        var text = new StringBuilder(good);
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            var tokens = TOKEN.matcher(text).results().toArray(MatchResult[]::new);
            if (tokens.length == 0) break;
            var token = tokens[random.nextInt(tokens.length)];
            var other = tokens[random.nextInt(tokens.length)];
            text.replace(token.start(), token.end(), random.nextInt(3) == 0 ? other.group() : TOKENS[random.nextInt(TOKENS.length)]);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
