package dev.parley.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash that an ETag promises: 64 hex digits are a SHA-256, 40 are git's SHA-1 of a blob; others promise none. */
sealed interface BlobHash {

    void update(ByteBuffer bytes);

    /** Whether all bytes together are what was promised; to be asked once. */
    boolean matches();

    static BlobHash of(RemoteFile file) {
        if (file.etag().matches("[0-9a-f]{64}")) return new Digest(digest("SHA-256"), file.etag());
        if (!file.etag().matches("[0-9a-f]{40}")) return new None();
        var sha1 = digest("SHA-1");
        sha1.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        return new Digest(sha1, file.etag());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java lacks " + algorithm, e);
        }
    }

    record Digest(MessageDigest digest, String promised) implements BlobHash {

        @Override
        public void update(ByteBuffer bytes) {
            digest.update(bytes.duplicate());
        }

        @Override
        public boolean matches() {
            return HexFormat.of().formatHex(digest.digest()).equals(promised);
        }
    }

    /** A mirror's own ETag, such as an object store's: nothing can be said but by the size. */
    record None() implements BlobHash {

        @Override
        public void update(ByteBuffer bytes) {
            // nothing to compare with
        }

        @Override
        public boolean matches() {
            return true;
        }
    }
}
