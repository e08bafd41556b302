package dev.parley.serve.accounts;

/**
 * How much a key may ask for. 0 stands for no limit.
 *
 * @param requestsPerMinute requests that it may send, whatever comes of them
 * @param tokensPerMinute tokens, read and made. Those that a request may come to are set aside when it begins
 * @param tokensPerDay the same for a day of UTC
 */
public record KeyLimits(long requestsPerMinute, long tokensPerMinute, long tokensPerDay) {

    /** No limits. */
    public static final KeyLimits NONE = new KeyLimits(0, 0, 0);

    public KeyLimits {
        if (requestsPerMinute < 0 || tokensPerMinute < 0 || tokensPerDay < 0)
            throw new IllegalArgumentException("A limit of a key is at least 1, or 0 for none.");
    }
}
