package dev.parley.model;

/**
 * Texts that share their beginnings, as one tree of tokens: each token is read after those above it, whatever stands beside it.
 *
 * @param ids of the tokens
 * @param parents of each token the place of the one before it in its text, -1 where there is none; a parent stands before its children
 * @param at places after which a token's likelihood is wanted, in ascending order; a place may be there several times
 * @param targets the tokens whose likelihood is wanted there
 */
public record TokenTree(int[] ids, int[] parents, int[] at, int[] targets) {

    /** @throws IllegalArgumentException if a parent does not stand before its child, or the targets are not as many as their places */
    public TokenTree {
        if (ids.length == 0 || ids.length != parents.length || at.length != targets.length)
            throw new IllegalArgumentException("A tree has a parent for each token, and a target for each place.");
        for (int i = 0; i < parents.length; i++)
            if (parents[i] < -1 || parents[i] >= i) throw new IllegalArgumentException("Token " + i + " stands before its parent.");
        for (int i = 1; i < at.length; i++)
            if (at[i] < at[i - 1]) throw new IllegalArgumentException("The places of targets do not ascend.");
    }

    /**
     * What was asked about.
     *
     * @param logprobs ln p of each target
     * @param likeliest whether no other token was likelier there
     */
    public record Scores(double[] logprobs, boolean[] likeliest) {}

    /** How many tokens stand above each. */
    public int[] depths() {
        var depths = new int[ids.length];
        for (int i = 0; i < depths.length; i++) depths[i] = parents[i] < 0 ? 0 : depths[parents[i]] + 1;
        return depths;
    }
}
