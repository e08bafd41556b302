package dev.parley.train.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads event files by what TensorFlow documents of them, and by nothing of ours: the checksum is computed bit by bit from Castagnoli's
 * polynomial, the messages are taken apart by protocol buffers' wire format.
 */
final class EventFileReader {

    /** An event. @param version of the file, in its first one @param start whether TensorBoard is to forget its step and later ones */
    record Event(double time, long step, Optional<String> version, boolean start, Map<String, Float> scalars, Map<String, String> texts) {}

    private EventFileReader() {}

    static List<Event> read(Path file) throws IOException {
        var events = new ArrayList<Event>();
        for (var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN); bytes.hasRemaining();) {
            var header = new byte[8];
            bytes.get(bytes.position(), header);
            var length = bytes.getLong();
            check(bytes.getInt(), header);
            var data = new byte[Math.toIntExact(length)];
            bytes.get(data);
            check(bytes.getInt(), data);
            events.add(event(data));
        }
        return events;
    }

    private static void check(int stored, byte[] data) throws IOException {
        var crc = 0xFFFFFFFF;
        for (var b : data) {
            crc ^= b & 0xFF;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82F63B78 : crc >>> 1;
        }
        crc = ~crc;
        var masked = (crc >>> 15 | crc << 17) + (int) 2726488792L; // kMaskDelta of tensorflow/core/lib/hash/crc32c.h
        if (masked != stored) throw new IOException("a checksum is " + stored + " and not " + masked);
    }

    // ---- messages ----

    /** A field: a number, or what has a length. */
    private record Field(int number, long value, byte[] bytes) {

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static List<Field> fields(byte[] message) {
        var fields = new ArrayList<Field>();
        for (var in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN); in.hasRemaining();) {
            var tag = (int) varint(in);
            var field = switch (tag & 7) {
                case 0 -> new Field(tag >>> 3, varint(in), new byte[0]);
                case 1 -> new Field(tag >>> 3, in.getLong(), new byte[0]);
                case 2 -> {
                    var bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    yield new Field(tag >>> 3, 0, bytes);
                }
                case 5 -> new Field(tag >>> 3, in.getInt(), new byte[0]);
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            };
            fields.add(field);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        var value = 0L;
        for (int shift = 0;; shift += 7) {
            var b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) return value;
        }
    }

    private static Field one(List<Field> fields, int number) {
        return fields.stream().filter(f -> f.number == number).findFirst().orElseThrow();
    }

    private static Event event(byte[] data) {
        double time = 0;
        long step = 0;
        var version = Optional.<String>empty();
        var start = false;
        var scalars = new LinkedHashMap<String, Float>();
        var texts = new LinkedHashMap<String, String>();
        for (var field : fields(data)) {
            switch (field.number) {
                case 1 -> time = Double.longBitsToDouble(field.value);
                case 2 -> step = field.value;
                case 3 -> version = Optional.of(field.text());
                case 5 -> summary(field.bytes, scalars, texts);
                case 7 -> start = one(fields(field.bytes), 1).value == 1;
                default -> throw new IllegalArgumentException("field " + field.number);
            }
        }
        return new Event(time, step, version, start, scalars, texts);
    }

    private static void summary(byte[] summary, Map<String, Float> scalars, Map<String, String> texts) {
        for (var value : fields(summary)) {
            var parts = fields(value.bytes);
            var tag = one(parts, 1).text();
            var tensor = parts.stream().filter(p -> p.number == 8).findFirst();
            if (tensor.isEmpty()) {
                scalars.put(tag, Float.intBitsToFloat((int) one(parts, 2).value));
                continue;
            }
            var plugin = one(fields(one(fields(one(parts, 9).bytes), 1).bytes), 1).text();
            if (!plugin.equals("text") || one(fields(tensor.get().bytes), 1).value != 7) throw new IllegalArgumentException(plugin);
            texts.put(tag, one(fields(tensor.get().bytes), 8).text());
        }
    }
}
