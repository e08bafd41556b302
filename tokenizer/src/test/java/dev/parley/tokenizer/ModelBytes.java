package dev.parley.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes SentencePiece's ModelProto, field by field. */
final class ModelBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ModelBytes() {}

    /** @param modelType 1 unigram, 2 BPE, 3 word, 4 char */
    static byte[] of(List<SentencePieces.Piece> pieces, int modelType, boolean dummyPrefix, boolean removeExtra) {
        var model = new ModelBytes();
        for (var piece : pieces) {
            var inner = new ModelBytes().bytes(1, piece.text().getBytes(StandardCharsets.UTF_8)).number(2 << 3 | 5);
            inner.out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(piece.score()).array());
            model.bytes(1, inner.varint(3, piece.kind().ordinal() + 1).out.toByteArray());
        }
        model.bytes(2, new ModelBytes().varint(3, modelType).bytes(1, new byte[] {'x'}).varint(35, 1).varint(40, 0).varint(41, 1)
                .varint(42, 2).varint(43, -1).out.toByteArray());
        model.bytes(3, new ModelBytes().bytes(1, "identity".getBytes(StandardCharsets.US_ASCII)).varint(3, dummyPrefix ? 1 : 0)
                .varint(4, removeExtra ? 1 : 0).varint(5, 1).out.toByteArray());
        return model.out.toByteArray();
    }

    private ModelBytes varint(int field, long value) {
        return number((long) field << 3).number(value);
    }

    private ModelBytes bytes(int field, byte[] bytes) {
        number((long) field << 3 | 2).number(bytes.length).out.writeBytes(bytes);
        return this;
    }

    private ModelBytes number(long value) {
        while ((value & ~0x7fL) != 0) {
            out.write((int) (value & 0x7f | 0x80));
            value >>>= 7;
        }
        out.write((int) value);
        return this;
    }
}
