package dev.parley.tokenizer;

/**
 * The 256 characters that stand for the 256 bytes in a byte-level vocabulary's file, published with GPT-2: a printable
 * Latin-1 character stands for its own byte, the others for the rest from U+0100 on.
 */
final class ByteLevelAlphabet {

    private static final char[] CHARACTER_OF = new char[256];
    private static final short[] BYTE_OF = new short[256 + 68];

    static {
        java.util.Arrays.fill(BYTE_OF, (short) -1);
        var next = 256;
        for (int b = 0; b < 256; b++) {
            var printable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            var character = (char) (printable ? b : next++);
            CHARACTER_OF[b] = character;
            BYTE_OF[character] = (short) b;
        }
    }

    private ByteLevelAlphabet() {}

    static char characterOf(int b) {
        return CHARACTER_OF[b];
    }

    /** Bytes as the file writes them. */
    static String write(byte[] bytes) {
        var text = new StringBuilder(bytes.length);
        for (var b : bytes) text.append(CHARACTER_OF[b & 0xff]);
        return text.toString();
    }

    /** Bytes that the file wrote; null if a character is none of the 256. */
    static byte[] read(String text) {
        var bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            var character = text.charAt(i);
            if (character >= BYTE_OF.length || BYTE_OF[character] < 0) return null;
            bytes[i] = (byte) BYTE_OF[character];
        }
        return bytes;
    }
}
