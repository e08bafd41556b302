package dev.parley.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code tokenizer.model}: the protocol buffer ModelProto of SentencePiece, of which only the fields that change ids are
 * looked at (sentencepiece_model.proto: pieces 1, trainer_spec 2, normalizer_spec 3).
 *
 * @param bos the piece that begins a text, if there is one
 * @param eos the piece that ends it
 */
record SentencePieceFile(SentencePieces pieces, Optional<String> bos, Optional<String> eos, Optional<String> pad, Optional<String> unk) {

    private static final long LARGEST = 64L << 20;
    private static final int MOST_PIECES = 2_000_000;
    private static final int BPE = 2;

    static SentencePieceFile read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) throw fault(file, "the file is larger than a SentencePiece model can be (64 MiB)");
        try {
            return model(new Message(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN)));
        } catch (IllegalArgumentException e) {
            throw fault(file, e.getMessage() + " is not what a SentencePiece model has");
        } catch (Unsupported e) {
            throw fault(file, e.getMessage() + " is not supported; this version reads BPE models without rules of their own");
        }
    }

    private static TokenizerException fault(Path file, String fault) {
        return new TokenizerException(file + ": " + fault + ".");
    }

    /** Something that a SentencePiece model can have and Parley does not do. */
    private static final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsupported(String what) {
            super(what, null, false, false);
        }
    }

    private static SentencePieceFile model(Message message) {
        var pieces = new ArrayList<SentencePieces.Piece>();
        var trainer = new Trainer();
        var normalizer = new Normalizer();
        while (message.next()) {
            if (message.isBytes(1)) pieces.add(piece(message.inner()));
            else if (message.isBytes(2)) trainer.read(message.inner());
            else if (message.isBytes(3)) normalizer.read(message.inner());
            else message.skip();
            if (pieces.size() > MOST_PIECES) throw new IllegalArgumentException("a count of more than " + MOST_PIECES + " pieces");
        }
        if (pieces.isEmpty()) throw new IllegalArgumentException("a file without pieces");
        trainer.check();
        normalizer.check();
        var all = new SentencePieces(pieces, normalizer.dummyPrefix, normalizer.removeExtra);
        return new SentencePieceFile(all, control(pieces, trainer.bos), control(pieces, trainer.eos), control(pieces, trainer.pad),
                pieces.stream().filter(p -> p.kind() == SentencePieces.Kind.UNKNOWN).findFirst().map(SentencePieces.Piece::text));
    }

    private static Optional<String> control(List<SentencePieces.Piece> pieces, long id) {
        return id < 0 || id >= pieces.size() || pieces.get((int) id).kind() != SentencePieces.Kind.CONTROL ? Optional.empty()
                : Optional.of(pieces.get((int) id).text());
    }

    private static SentencePieces.Piece piece(Message message) {
        var text = "";
        var score = 0f;
        var kind = 1L;
        while (message.next()) {
            if (message.isBytes(1)) text = message.text();
            else if (message.field == 2 && message.wire == 5) score = message.float32();
            else if (message.field == 3 && message.wire == 0) kind = message.varint();
            else message.skip();
        }
        var number = kind;
        return new SentencePieces.Piece(text, score,
                SentencePieces.Kind.of(kind).orElseThrow(() -> new IllegalArgumentException("a piece of type " + number)));
    }

    /** What the trainer noted; its defaults are those of the proto file. */
    private static final class Trainer {

        private static final List<String> TYPES = List.of("none", "unigram", "bpe", "word", "char");
        private long type = 1, bos = 1, eos = 2, pad = -1;
        private boolean suffix;

        void read(Message message) {
            while (message.next()) {
                if (message.wire != 0) {
                    message.skip();
                    continue;
                }
                var value = message.varint();
                switch (message.field) {
                    case 3 -> type = value;
                    case 24 -> suffix = value != 0;
                    case 41 -> bos = value;
                    case 42 -> eos = value;
                    case 43 -> pad = value;
                    default -> {}
                }
            }
        }

        void check() {
            if (type != BPE) throw new Unsupported("model_type " + (type > 0 && type < TYPES.size() ? TYPES.get((int) type) : type));
            if (suffix) throw new Unsupported("treat_whitespace_as_suffix");
        }
    }

    private static final class Normalizer {

        private String name = "";
        private int rules;
        private boolean dummyPrefix = true, removeExtra = true, escape = true;

        void read(Message message) {
            while (message.next()) {
                if (message.isBytes(1)) name = message.text();
                else if (message.isBytes(2)) rules = message.inner().left();
                else if (message.wire == 0 && message.field == 3) dummyPrefix = message.varint() != 0;
                else if (message.wire == 0 && message.field == 4) removeExtra = message.varint() != 0;
                else if (message.wire == 0 && message.field == 5) escape = message.varint() != 0;
                else message.skip();
            }
        }

        void check() {
            if (rules > 0) throw new Unsupported("the normalizer \"" + name + "\" with a precompiled_charsmap");
            if (!escape) throw new Unsupported("escape_whitespaces false");
        }
    }

    /** The fields of a protocol buffer one after the other. */
    private static final class Message {

        private final ByteBuffer bytes;
        private int field;
        private int wire;

        Message(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        boolean next() {
            if (!bytes.hasRemaining()) return false;
            var tag = varint();
            field = (int) (tag >>> 3);
            wire = (int) (tag & 7);
            if (tag >>> 3 < 1 || tag >>> 3 > (1 << 29) - 1) throw new IllegalArgumentException("a field of the number " + (tag >>> 3));
            return true;
        }

        boolean isBytes(int number) {
            return field == number && wire == 2;
        }

        int left() {
            return bytes.remaining();
        }

        long varint() {
            var value = 0L;
            for (int shift = 0; shift < 64; shift += 7) {
                if (!bytes.hasRemaining()) throw new IllegalArgumentException("an end in the middle of a number");
                var next = bytes.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) return value;
            }
            throw new IllegalArgumentException("a number of more than ten bytes");
        }

        float float32() {
            take(4);
            return bytes.getFloat();
        }

        private int take(long length) {
            if (length < 0 || length > bytes.remaining()) throw new IllegalArgumentException("a field that is longer than the file");
            return (int) length;
        }

        Message inner() {
            var length = take(varint());
            var inner = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.position(bytes.position() + length);
            return new Message(inner);
        }

        String text() {
            var inner = inner();
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(inner.bytes).toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("a text that is not UTF-8");
            }
        }

        void skip() {
            var length = switch (wire) {
                case 0 -> {
                    varint();
                    yield 0;
                }
                case 1 -> take(8);
                case 2 -> take(varint());
                case 5 -> take(4);
                default -> throw new IllegalArgumentException("a field of the wire type " + wire);
            };
            bytes.position(bytes.position() + length);
        }
    }
}
