package dev.parley.grammar;

/**
 * A budget for compiling a grammar or following it. Whatever walks over a part of one pays here, also where it finds nothing, so that
 * no grammar occupies a processor for long; whoever waits may cancel by interrupting the thread. Not for several threads at once.
 */
final class Work {

    /** A few tenths of a second. */
    private static final long COMPILING = 10_000_000;

    /** For one mask, or for following one token: a tenth of a second. */
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

    /** The budget for reading and compiling a grammar. */
    static Work ofCompiling() {
        return new Work(COMPILING, "The grammar takes too much work to compile; make it smaller, or repeat less of it.");
    }

    /** The budget for following one token. */
    static Work ofStep() {
        return new Work(STEP, "The grammar is too ambiguous: finding the tokens that may come next takes too much work.");
    }

    /** @throws GrammarException if that is more than is left */
    void pay(long units) {
        left -= units;
        if (left < 0) throw new GrammarException(refusal);
        if (left > look) return;
        look = left - BETWEEN_LOOKS;
        if (Thread.currentThread().isInterrupted()) throw new GrammarException("Compiling the grammar was cancelled.");
    }
}
