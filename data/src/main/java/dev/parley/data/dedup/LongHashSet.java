package dev.parley.data.dedup;

/** A set of hashes that grows a segment at a time, so that growing never needs twice its memory. For one thread that adds. */
final class LongHashSet {

    private static final int SEGMENT_BITS = 8;
    private static final int FIRST = 16;

    private final long[][] segments = new long[1 << SEGMENT_BITS][FIRST];
    private final int[] sizes = new int[1 << SEGMENT_BITS];
    private long size;

    /** Whether it is new. */
    boolean add(long hash) {
        var key = key(hash);
        var number = (int) (key >>> 64 - SEGMENT_BITS);
        var segment = segments[number];
        var slot = slot(segment, key);
        if (segment[slot] == key) return false;
        segment[slot] = key;
        size++;
        if (++sizes[number] * 4L > segment.length * 3L) segments[number] = grown(segment);
        return true;
    }

    boolean contains(long hash) {
        var key = key(hash);
        var segment = segments[(int) (key >>> 64 - SEGMENT_BITS)];
        return segment[slot(segment, key)] == key;
    }

    /** 0 marks an empty place. */
    private static long key(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private static int slot(long[] segment, long key) {
        var slot = (int) key & segment.length - 1;
        while (segment[slot] != 0 && segment[slot] != key) slot = slot + 1 & segment.length - 1;
        return slot;
    }

    private static long[] grown(long[] segment) {
        var larger = new long[2 * segment.length];
        for (var key : segment) if (key != 0) larger[slot(larger, key)] = key;
        return larger;
    }

    long size() {
        return size;
    }

    long bytes() {
        var bytes = 0L;
        for (var segment : segments) bytes += 8L * segment.length;
        return bytes;
    }
}
