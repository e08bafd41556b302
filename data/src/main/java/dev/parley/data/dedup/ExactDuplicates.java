package dev.parley.data.dedup;

import dev.parley.data.text.WordIndex;

/**
 * Finds documents that say the same words in the same order as one before; case, spaces and punctuation do not count. It keeps 64 bits of
 * each: among ten million documents two different ones are taken for the same with a probability of 3 in a million. Some 15 to 21 bytes
 * of memory a document. For one thread.
 */
public final class ExactDuplicates {

    private final LongHashSet seen = new LongHashSet();

    /** Whether no document before had these words; from now on one has. */
    public boolean add(WordIndex words) {
        return add(words.hash());
    }

    /** The same by {@link WordIndex#hash()}, which another thread may have computed. */
    public boolean add(long hash) {
        return seen.add(hash);
    }

    /** Bytes of memory in use. */
    public long bytes() {
        return seen.bytes();
    }
}
