package dev.parley.data.shards;

import dev.parley.tokenizer.Tokenizer;

/**
 * Which tokenizer made the ids of a shard: those of another mean other text.
 *
 * @param sha256 {@link Tokenizer#sha256()}
 * @param vocabSize ids are below it
 */
record TokenizerIdentity(String sha256, int vocabSize) {

    static TokenizerIdentity of(Tokenizer tokenizer) {
        return new TokenizerIdentity(tokenizer.sha256(), tokenizer.vocabSize());
    }

    /** The bytes that one id takes in a file. */
    int tokenBytes() {
        return vocabSize <= 1 << 16 ? 2 : 4;
    }
}
