package dev.parley.generate.strategy;

import java.util.Arrays;

/** Tokens in their order; there may come more. */
interface Tokens {

    int length();

    int[] range(int from, int to);

    static Tokens of(int[] ids) {
        return new Tokens() {
            @Override
            public int length() {
                return ids.length;
            }

            @Override
            public int[] range(int from, int to) {
                return Arrays.copyOfRange(ids, from, to);
            }
        };
    }
}
