package dev.parley.data.cleaning;

/** A set of numbers other than 0, in one array. */
final class LongTable {

    private long[] slots;
    private int size;

    LongTable(int expected) {
        slots = new long[Integer.highestOneBit(Math.max(4, expected)) * 4];
    }

    /** Whether it is new. */
    boolean add(long key) {
        var slot = slot(slots, key);
        if (slots[slot] == key) return false;
        slots[slot] = key;
        if (++size * 2 > slots.length) grow();
        return true;
    }

    private static int slot(long[] slots, long key) {
        var slot = (int) (key ^ key >>> 32) & slots.length - 1;
        while (slots[slot] != 0 && slots[slot] != key) slot = slot + 1 & slots.length - 1;
        return slot;
    }

    private void grow() {
        var larger = new long[slots.length * 2];
        for (var key : slots) if (key != 0) larger[slot(larger, key)] = key;
        slots = larger;
    }
}
