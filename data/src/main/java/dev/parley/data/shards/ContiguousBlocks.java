package dev.parley.data.shards;

import dev.parley.data.Dataset;
import dev.parley.model.TrainingRow;

/**
 * A corpus as one stream of tokens, cut into blocks of one length, as GPT-2 and nanoGPT read theirs: nothing is empty, and a block may
 * begin and end within a document. A block's last token is the first of the next one, so that each token is a target once.
 *
 * <pre>{@code
 * var rows = ContiguousBlocks.of(Shards.open(folder, Split.TRAIN, tokenizer), Boundaries.of(tokenizer), 1024).movingCuts();
 * }</pre>
 */
public final class ContiguousBlocks implements Dataset {

    private final BoundedDocuments documents;
    private final int length;
    private final boolean documentMask;
    private final boolean moves;
    private final int shift;

    private ContiguousBlocks(BoundedDocuments documents, int length, boolean documentMask, boolean moves, int shift) {
        this.documents = documents;
        this.length = length;
        this.documentMask = documentMask;
        this.moves = moves;
        this.shift = shift;
    }

    /**
     * Cuts a corpus; the last block may be shorter.
     *
     * @param boundaries that stand around each document; where begin and end are the same, one stands between two documents
     * @param length tokens of a block, at least 2
     */
    public static ContiguousBlocks of(TokenCorpus corpus, Boundaries boundaries, int length) {
        if (length < 2) throw new IllegalArgumentException("A block of " + length + " tokens has nothing to predict.");
        return new ContiguousBlocks(new BoundedDocuments(corpus, boundaries.ofStream()), length, false, false, 0);
    }

    /** The same where documents in a block do not see each other. */
    public ContiguousBlocks withDocumentMask() {
        return new ContiguousBlocks(documents, length, true, moves, shift);
    }

    /** The same where each epoch cuts at other places, for training; what lies before the first and after the last cut is left out. */
    public ContiguousBlocks movingCuts() {
        return new ContiguousBlocks(documents, length, documentMask, documents.tokens() >= 2L * stride(), 0);
    }

    private int stride() {
        return length - 1;
    }

    @Override
    public Dataset inEpoch(long key) {
        if (!moves) return this;
        return new ContiguousBlocks(documents, length, documentMask, true, (int) Long.remainderUnsigned(Split.mix(key), stride()));
    }

    @Override
    public int size() {
        var tokens = documents.tokens();
        return Math.toIntExact(moves ? tokens / stride() - 1 : Math.ceilDiv(Math.max(0, tokens - 1), (long) stride()));
    }

    @Override
    public TrainingRow get(int index) {
        var ids = new int[rowLength(index)];
        var segments = new int[documentMask ? ids.length : 0];
        documents.copy(start(index), ids, segments);
        return new TrainingRow(ids, ids, segments);
    }

    private long start(int index) {
        return shift + (long) index * stride();
    }

    @Override
    public int rowLength(int index) {
        return (int) Math.min(length, documents.tokens() - start(index));
    }

    @Override
    public long fingerprint() {
        return Split.mix(documents.fingerprint() ^ ((long) length << 2 | (documentMask ? 2 : 0) | (moves ? 1 : 0)));
    }
}
