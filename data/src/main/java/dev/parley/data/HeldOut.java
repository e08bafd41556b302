package dev.parley.data;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What is never trained on, decided by the content alone, so that every run and every seed holds out the same. There are two
 * such sets without anything in common; a run holds out one of them and is examined on it.
 */
public enum HeldOut {

    /** Settings may be chosen by its scores. */
    TUNING,

    /** Its scores are told to others, and nobody chooses a setting by them. */
    PUBLISHED;

    /**
     * True for about one in {@code every} contents.
     *
     * @param every at least two; the same for both sets, or they overlap
     */
    public boolean has(String content, int every) {
        var crc = new CRC32();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return (crc.getValue() * 0x9E3779B97F4A7C15L >>> 33) % every == ordinal();
    }
}
