package dev.parley.generate.engine;

/** What an engine has done so far; of its thread. */
final class EngineCounts {

    private final Histogram.Counter firstTokens = new Histogram.Counter(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60);
    private final Histogram.Counter nextTokens = new Histogram.Counter(0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2.5);
    private long promptTokens;
    private long cachedTokens;
    private long completionTokens;
    private long preempted;
    private long steps;

    /** A prompt begins to be read. @param cached tokens of it that need not be */
    void prompt(int tokens, int cached) {
        promptTokens += tokens;
        cachedTokens += cached;
    }

    /** A request's first token has come, so many nanoseconds after the request. */
    void firstToken(long nanos) {
        firstTokens.add(nanos);
    }

    /** A sequence's next token has come, so many nanoseconds after the one before. */
    void nextToken(long nanos) {
        nextTokens.add(nanos);
    }

    void completionTokens(int fresh) {
        completionTokens += fresh;
    }

    /** A pass has made tokens. */
    void step() {
        steps++;
    }

    /** Passes that have made tokens. */
    long steps() {
        return steps;
    }

    void preemption() {
        preempted++;
    }

    /** With what is so at present. */
    EngineStats now(int running, int waiting, int usedBlocks, int knownBlocks, int blocks) {
        return new EngineStats(running, waiting, usedBlocks, knownBlocks, blocks, promptTokens, cachedTokens, completionTokens, preempted,
                firstTokens.now(), nextTokens.now());
    }
}
