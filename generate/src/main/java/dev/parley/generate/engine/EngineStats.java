package dev.parley.generate.engine;

/**
 * What an engine is doing, and has done so far.
 *
 * @param running sequences that are running
 * @param waiting requests that have not begun
 * @param usedBlocks of memory for keys and values, of {@code blocks} in all
 * @param knownBlocks used blocks that the prefix cache holds; when nothing runs, all used ones
 * @param promptTokens of all requests that have begun; {@code cachedTokens} of them came from the prefix cache
 * @param completionTokens generated
 * @param preempted how often a sequence had to give its memory back and wait
 * @param firstToken from request to first token
 * @param nextToken from one token of a sequence to the next
 */
public record EngineStats(int running, int waiting, int usedBlocks, int knownBlocks, int blocks, long promptTokens, long cachedTokens,
        long completionTokens, long preempted, Histogram firstToken, Histogram nextToken) {}
