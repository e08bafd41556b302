package dev.parley.data;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Decides what is never trained on by the content alone, so that every run and every seed holds out the same. */
public final class HeldOut {

    private HeldOut() {}

    /** True for about one in {@code every} contents. */
    public static boolean of(String content, int every) {
        var crc = new CRC32();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return (crc.getValue() * 0x9E3779B97F4A7C15L >>> 33) % every == 0;
    }
}
