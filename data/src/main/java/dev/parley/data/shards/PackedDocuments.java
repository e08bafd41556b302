package dev.parley.data.shards;

import dev.parley.data.BestFit;
import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.model.TrainingRow;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Rows of whole documents, packed so that little is empty; documents of a row do not see each other. One that is longer than a row is
 * cut into pieces of a row's length, of which each is read as a document of its own. Which documents share a row is found once, from
 * their lengths alone: 8 bytes for each of them stay in memory, their tokens stay where they are.
 *
 * <pre>{@code
 * var rows = PackedDocuments.of(Shards.open(folder, Split.TRAIN, tokenizer), Boundaries.of(tokenizer), 1024);
 * }</pre>
 */
public final class PackedDocuments implements Dataset {

    private final BoundedDocuments documents;
    private final int length;
    private final int[] document; // of each piece, in the order of rows
    private final int[] part; // its number in the document
    private final int[] firstPiece; // of each row, and the end

    private PackedDocuments(BoundedDocuments documents, int length, int[] document, int[] part, int[] firstPiece) {
        this.documents = documents;
        this.length = length;
        this.document = document;
        this.part = part;
        this.firstPiece = firstPiece;
    }

    /**
     * Packs a corpus.
     *
     * @param boundaries that stand around each document
     * @param length tokens of a row at most
     */
    public static PackedDocuments of(TokenCorpus corpus, Boundaries boundaries, int length) {
        var documents = new BoundedDocuments(corpus, boundaries);
        var count = Math.toIntExact(corpus.documents());
        var pieces = IntStream.range(0, count).mapToLong(d -> Math.ceilDiv(documents.length(d), length)).sum();
        var document = new int[Math.toIntExact(pieces)];
        var part = new int[document.length];
        var lengths = new int[document.length];
        for (int d = 0, piece = 0; d < count; d++) {
            for (int p = 0, left = documents.length(d); left > 0; p++, piece++, left -= length) {
                document[piece] = d;
                part[piece] = p;
                lengths[piece] = Math.min(length, left);
            }
        }
        return sorted(documents, length, document, part, BestFit.rows(lengths, length));
    }

    /** Puts the pieces into the order of their rows, by counting. */
    private static PackedDocuments sorted(BoundedDocuments documents, int length, int[] document, int[] part, int[] rowOf) {
        var rows = Arrays.stream(rowOf).max().orElse(-1) + 1;
        var firstPiece = new int[rows + 1];
        for (var row : rowOf) firstPiece[row + 1]++;
        for (int row = 0; row < rows; row++) firstPiece[row + 1] += firstPiece[row];
        var at = Arrays.copyOf(firstPiece, rows);
        var sortedDocument = new int[document.length];
        var sortedPart = new int[document.length];
        for (int piece = 0; piece < document.length; piece++) {
            var place = at[rowOf[piece]]++;
            sortedDocument[place] = document[piece];
            sortedPart[place] = part[piece];
        }
        return new PackedDocuments(documents, length, sortedDocument, sortedPart, firstPiece);
    }

    @Override
    public int size() {
        return firstPiece.length - 1;
    }

    @Override
    public TrainingRow get(int index) {
        return Packing.join(IntStream.range(firstPiece[index], firstPiece[index + 1]).mapToObj(this::piece).toList());
    }

    private TrainingRow piece(int piece) {
        var ids = new int[length(piece)];
        documents.copyWithin(document[piece], part[piece] * length, ids.length, ids, 0);
        return TrainingRow.of(ids);
    }

    private int length(int piece) {
        return Math.min(length, documents.length(document[piece]) - part[piece] * length);
    }

    @Override
    public int rowLength(int index) {
        return IntStream.range(firstPiece[index], firstPiece[index + 1]).map(this::length).sum();
    }

    /** The part of all rows together that no document fills. */
    public double waste() {
        return 1 - documents.tokens() / ((double) size() * length);
    }

    @Override
    public long fingerprint() {
        return Split.mix(documents.fingerprint() ^ length);
    }
}
