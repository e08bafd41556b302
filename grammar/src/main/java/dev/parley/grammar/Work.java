package dev.parley.grammar;

/**
 * What finding something out about a form may cost. Whatever runs over a part of it pays here, also where nothing comes of it, so
 * that no form occupies a processor for long; and who waits for it may give it up by interrupting the thread. Not for several
 * threads at once.
 */
final class Work {

    /** A few tenths of a second. */
    private static final long COMPILING = 10_000_000;

    /** Of one mask, or of one token's way through the form: a tenth of a second. */
    private static final long STEP = 5_000_000;

    private static final int BETWEEN_LOOKS = 10_000;

    private final String refusal;
    private long left;
    private long look;

    private Work(long most, String refusal) {
        this.refusal = refusal;
        left = most;
        look = most;
    }

    /** What reading and compiling a form may cost. */
    static Work ofCompiling() {
        return new Work(COMPILING, "The form takes too much work to compile; make it smaller, or repeat less of it.");
    }

    /** What the places of a text after one token may cost. */
    static Work ofStep() {
        return new Work(STEP, "The form is too ambiguous: which tokens may come next takes too much work to find out.");
    }

    /** @throws GrammarException if that is more than is left */
    void pay(long units) {
        left -= units;
        if (left < 0) throw new GrammarException(refusal);
        if (left > look) return;
        look = left - BETWEEN_LOOKS;
        if (Thread.currentThread().isInterrupted()) throw new GrammarException("The form was given up while it was compiled.");
    }
}
