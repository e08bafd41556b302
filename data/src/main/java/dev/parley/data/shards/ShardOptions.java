package dev.parley.data.shards;

/**
 * How shards are written.
 *
 * @param validation part of all documents that become the validation split, from 0 to below 1
 * @param tokensPerShard tokens after which a file is full; a document is never cut
 */
public record ShardOptions(double validation, long tokensPerShard) {

    /** One document in 200 for validation, files of 200 or 400 MB. */
    public static final ShardOptions DEFAULT = new ShardOptions(0.005, 100_000_000);

    /** @throws IllegalArgumentException naming the number that cannot be */
    public ShardOptions {
        if (!(validation >= 0 && validation < 1)) {
            throw new IllegalArgumentException("The validation split is " + validation + " of all documents; it is from 0 to below 1.");
        }
        if (tokensPerShard < 1) throw new IllegalArgumentException("A shard of " + tokensPerShard + " tokens holds nothing.");
    }

    /** The same with another part for validation. */
    public ShardOptions withValidation(double part) {
        return new ShardOptions(part, tokensPerShard);
    }

    /** The same with files of another size. */
    public ShardOptions withTokensPerShard(long tokens) {
        return new ShardOptions(validation, tokens);
    }
}
