package dev.parley.data.shards;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The part of a corpus that a document belongs to: what is trained on, or what is only evaluated on. It depends on the document alone
 * and not on its place, so that more documents, another order or another tokenizer move none, and equal ones are on one side.
 */
public enum Split {

    /** Trained on. */
    TRAIN,

    /** Evaluated on. */
    VALIDATION;

    /** Its name in files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The part of a document.
     *
     * @param hash of its text, {@link #hash(String)}
     * @param validation part of all documents that are evaluated on, from 0 to 1
     */
    public static Split of(long hash, double validation) {
        return (hash >>> 11) * 0x1p-53 < validation ? VALIDATION : TRAIN;
    }

    /** The hash of a document's text: FNV-1a (Fowler, Noll, Vo) over its UTF-8, whose bits are then mixed as in SplitMix64. */
    public static long hash(String text) {
        var hash = 0xCBF29CE484222325L;
        for (var b : text.getBytes(StandardCharsets.UTF_8)) hash = (hash ^ b & 0xff) * 0x100000001B3L;
        return mix(hash);
    }

    /** Steele, Lea and Flood 2014 (doi:10.1145/2660193.2660195). */
    static long mix(long bits) {
        var z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
