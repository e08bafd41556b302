package dev.parley.jinja;

/**
 * What one rendering may use. All work is paid for from one purse: a step of the evaluator costs {@value #STEP}, each
 * character or element that is made or looked at costs one. The purse grows with what the template was given, so that a long
 * conversation fits and a bomb does not.
 */
final class Budget {

    static final int LONGEST_TEXT = 1 << 25;
    static final int LONGEST_LIST = 1 << 20;
    static final int LONGEST_RANGE = 100_000;
    static final int DEEPEST_VALUE = 200;
    private static final int DEEPEST_CALL = 400;
    private static final int STEP = 8;
    private static final long PURSE = 64L << 20;
    private static final long PER_GIVEN = 64;

    private final boolean strict;
    private long left;
    private int depth;

    /**
     * @param given characters and elements of what the template was given
     * @param strict whether what is not there may only be asked for
     */
    Budget(long given, boolean strict) {
        this.strict = strict;
        left = PURSE + PER_GIVEN * given;
    }

    void charge(long work) {
        left -= work;
        if (left < 0 || work < 0) throw new Fault("the template does more work than this conversation can need, and was stopped");
    }

    /** @throws Fault also where nobody waits for the rendering any more, which an interrupt says */
    void step() {
        charge(STEP);
        if (Thread.currentThread().isInterrupted()) throw new Fault("the rendering was interrupted");
    }

    /** Something that is not there is about to count as nothing. */
    void missing(Value.Undefined value) {
        if (strict) throw Python.undefined(value);
    }

    void makeText(long length, long added) {
        if (length > LONGEST_TEXT) throw new Fault("a text would grow longer than " + LONGEST_TEXT + " characters");
        charge(added);
    }

    void makeList(long size) {
        if (size > LONGEST_LIST) throw new Fault("a list would grow longer than " + LONGEST_LIST + " elements");
        charge(size);
    }

    void enter() {
        step();
        if (++depth > DEEPEST_CALL) throw new Fault("expressions, blocks and macros are nested more than " + DEEPEST_CALL + " deep");
    }

    void leave() {
        depth--;
    }

    static int depthOver(int deepest) {
        if (deepest >= DEEPEST_VALUE) throw new Fault("lists and maps are nested more than " + DEEPEST_VALUE + " deep");
        return deepest + 1;
    }
}
