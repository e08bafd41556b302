package dev.parley.jinja;

/**
 * Where the characters of a {@link Text} come from, as one number. What the template itself says is {@link #TEMPLATE}; all
 * else was given to it. The flag {@link #GENERATED} is kept beside for what a generation block wrote.
 */
final class Source {

    static final int TEMPLATE = 0;
    static final int GIVEN = 1;
    static final int ROLE = 2;
    private static final int FIRST_MESSAGE = 3;
    static final int GENERATED = 1 << 30;

    private Source() {}

    static int ofMessage(int index) {
        return FIRST_MESSAGE + index;
    }

    static int withoutFlag(int source) {
        return source & ~GENERATED;
    }

    static boolean isGenerated(int source) {
        return (source & GENERATED) != 0;
    }

    /** Which message it is, or -1 for anything else. */
    static int message(int source) {
        return withoutFlag(source) - FIRST_MESSAGE < 0 ? -1 : withoutFlag(source) - FIRST_MESSAGE;
    }

    /** The source of what was made of both, no longer told apart: given where one of them was. */
    static int blend(int a, int b) {
        int left = withoutFlag(a), right = withoutFlag(b);
        var source = left == right || right == TEMPLATE ? left : left == TEMPLATE ? right : GIVEN;
        return source | (a & b & GENERATED);
    }
}
