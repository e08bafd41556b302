package dev.parley.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How tokens become text, step by step as the {@code decoder} of {@code tokenizer.json} lists them. Each step but the last ones
 * looks at one token alone, so that tokens can be decoded as they come.
 *
 * @param steps empty for a file without a decoder, whose tokens are joined by spaces
 */
record TokenDecoder(List<Step> steps) {

    static final TokenDecoder BYTE_LEVEL = new TokenDecoder(List.of(new ByteLevel()));

    /** One step. */
    sealed interface Step {}

    /** Characters of {@link ByteLevelAlphabet} are the bytes that they stand for. */
    record ByteLevel() implements Step {}

    record Replace(TextPattern pattern, String to) implements Step {}

    /** A token such as {@code <0x0A>} is a byte. */
    record ByteFallback() implements Step {}

    /** From here on all is one text. */
    record Fuse() implements Step {}

    /** Takes up to so many of a character from the start and the end: of each token, or after Fuse of the text. */
    record Strip(String content, int start, int stop) implements Step {}

    /** Marks are spaces; those of the first token vanish unless none is ever put before a text. */
    record Metaspace(PreTokenizer.Metaspace how) implements Step {}

    TokenDecoder {
        steps = List.copyOf(steps);
    }

    boolean isByteLevel() {
        return steps.stream().anyMatch(s -> s instanceof ByteLevel);
    }

    boolean joinsBySpaces() {
        return steps.isEmpty();
    }

    /** Whether the first token of a text can decode to another text than it does elsewhere. */
    boolean firstIsOther() {
        return steps.stream().anyMatch(s -> s instanceof Metaspace m && m.how.prepend() != PreTokenizer.Prepend.NEVER);
    }

    /** What is taken from the start of the whole text. */
    List<Strip> strips() {
        var fuse = steps.indexOf(new Fuse());
        return fuse < 0 ? List.of()
                : steps.subList(fuse, steps.size()).stream().filter(s -> s instanceof Strip).map(s -> (Strip) s).toList();
    }

    /** The bytes of a text's first token without what is taken from the start of the whole text. */
    byte[] withoutStart(byte[] bytes) {
        for (var strip : strips()) {
            var content = strip.content.getBytes(StandardCharsets.UTF_8);
            for (int n = 0; n < strip.start && bytes.length >= content.length
                    && java.util.Arrays.equals(bytes, 0, content.length, content, 0, content.length); n++) {
                bytes = java.util.Arrays.copyOfRange(bytes, content.length, bytes.length);
            }
        }
        return bytes;
    }

    /** The bytes of a token as the file writes it. */
    byte[] bytes(String written, boolean first) {
        var text = written;
        for (var step : steps) {
            switch (step) {
                case ByteLevel _ -> {
                    var bytes = ByteLevelAlphabet.read(text);
                    if (bytes != null) return bytes;
                }
                case Replace s -> text = new TextNormalizer.Replace(s.pattern, s.to).apply(text);
                case ByteFallback _ -> {
                    if (isByte(text)) return new byte[] {(byte) Integer.parseInt(text.substring(3, 5), 16)};
                }
                case Strip s -> text = stripped(text, s);
                case Metaspace s -> text = text.replace(s.how.mark(), first && s.how.prepend() != PreTokenizer.Prepend.NEVER ? "" : " ");
                case Fuse _ -> {
                    return text.getBytes(StandardCharsets.UTF_8);
                }
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isByte(String token) {
        return token.length() == 6 && token.startsWith("<0x") && token.endsWith(">") && Character.digit(token.charAt(3), 16) >= 0
                && Character.digit(token.charAt(4), 16) >= 0 && token.charAt(3) < 128 && token.charAt(4) < 128;
    }

    private static String stripped(String text, Strip strip) {
        for (int n = 0; n < strip.start && text.startsWith(strip.content); n++) text = text.substring(strip.content.length());
        for (int n = 0; n < strip.stop && text.endsWith(strip.content); n++)
            text = text.substring(0, text.length() - strip.content.length());
        return text;
    }

    /** A text in the making: takes bytes, gives what is certain. Its pieces joined are the text of all tokens. */
    final class Growing {

        private final List<Strip> strips = strips();
        private int strip;
        private int taken;
        private boolean begun;
        private byte[] waiting = new byte[0];

        /** @param ended whether nothing follows */
        String add(byte[] bytes, boolean ended) {
            var joined = new ByteArrayOutputStream(waiting.length + bytes.length + 1);
            joined.writeBytes(waiting);
            joined.writeBytes(bytes);
            var all = joined.toByteArray();
            var whole = ended ? all.length : all.length - Utf8.unfinished(all, all.length);
            waiting = java.util.Arrays.copyOfRange(all, whole, all.length);
            return strip(Utf8.text(all, whole));
        }

        boolean begins() {
            var first = !begun;
            begun = true;
            return first;
        }

        private String strip(String text) {
            while (strip < strips.size() && !text.isEmpty()) {
                var now = strips.get(strip);
                if (taken < now.start && text.startsWith(now.content)) {
                    text = text.substring(now.content.length());
                    taken++;
                } else {
                    strip++;
                    taken = 0;
                }
            }
            return text;
        }
    }
}
