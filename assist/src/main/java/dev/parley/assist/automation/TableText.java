package dev.parley.assist.automation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The characters of a file: in the encoding that is given, or that its first bytes tell, or in UTF-8. */
final class TableText {

    private static final int LOOK = 4096;

    private TableText() {}

    /** A reader that refuses bytes which the encoding does not have. */
    static BufferedReader open(Path file, Optional<Charset> encoding) throws IOException {
        var in = new PushbackInputStream(Files.newInputStream(file), LOOK);
        try {
            var head = in.readNBytes(LOOK);
            var mark = mark(head);
            in.unread(head, mark.length, head.length - mark.length);
            var charset = encoding.orElse(mark.charset);
            if (encoding.isEmpty() && mark.length == 0 && hasZero(head)) {
                throw new TableException(
                        file + " holds zero bytes, as UTF-16 without its mark does; name its encoding, as by --encoding UTF-16LE.");
            }
            var decoder = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
            return new BufferedReader(new InputStreamReader(in, decoder));
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private record Mark(Charset charset, int length) {}

    /** The byte order mark that a file begins with. */
    private static Mark mark(byte[] head) {
        if (begins(head, 0xef, 0xbb, 0xbf)) return new Mark(StandardCharsets.UTF_8, 3);
        if (begins(head, 0xff, 0xfe)) return new Mark(StandardCharsets.UTF_16LE, 2);
        if (begins(head, 0xfe, 0xff)) return new Mark(StandardCharsets.UTF_16BE, 2);
        return new Mark(StandardCharsets.UTF_8, 0);
    }

    private static boolean begins(byte[] head, int... bytes) {
        if (head.length < bytes.length) return false;
        for (int i = 0; i < bytes.length; i++) {
            if ((head[i] & 0xff) != bytes[i]) return false;
        }
        return true;
    }

    private static boolean hasZero(byte[] head) {
        for (var b : head) {
            if (b == 0) return true;
        }
        return false;
    }
}
