package dev.parley.tokenizer;

import java.util.Arrays;

/** A growing row of numbers without objects. */
final class IntList {

    private int[] values;
    private int size;

    IntList(int expected) {
        values = new int[Math.max(16, expected)];
    }

    void add(int value) {
        if (size == values.length) values = Arrays.copyOf(values, size + (size >> 1));
        values[size++] = value;
    }

    void addAll(int[] more, int from, int length) {
        if (size + length > values.length) values = Arrays.copyOf(values, Math.max(size + length, size + (size >> 1)));
        System.arraycopy(more, from, values, size, length);
        size += length;
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
