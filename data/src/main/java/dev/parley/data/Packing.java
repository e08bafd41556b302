package dev.parley.data;

import dev.parley.model.TrainingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts several short documents into one row, so that little work is spent on padding. The documents keep apart by their
 * segment numbers: a model reads a packed document as it reads it alone.
 */
public final class Packing {

    private Packing() {}

    /**
     * Packs documents by {@link BestFit}. A document longer than a row is cut into pieces of a row's length, of which each is read as a
     * document of its own.
     *
     * @param length tokens of a row at most
     */
    public static List<TrainingRow> pack(List<TrainingRow> documents, int length) {
        var pieces = new ArrayList<TrainingRow>();
        for (var document : documents) {
            for (int start = 0; start < document.length(); start += length) {
                var end = Math.min(document.length(), start + length);
                pieces.add(TrainingRow.of(Arrays.copyOfRange(document.inputIds(), start, end),
                        Arrays.copyOfRange(document.labels(), start, end)));
            }
        }
        var rowOf = BestFit.rows(pieces.stream().mapToInt(TrainingRow::length).toArray(), length);
        var rows = new ArrayList<List<TrainingRow>>();
        for (int piece = 0; piece < rowOf.length; piece++) {
            while (rows.size() <= rowOf[piece]) rows.add(new ArrayList<>());
            rows.get(rowOf[piece]).add(pieces.get(piece));
        }
        return rows.stream().map(Packing::join).toList();
    }

    /** The row of documents that do not see each other. */
    public static TrainingRow join(List<TrainingRow> documents) {
        if (documents.size() == 1) return documents.getFirst();
        var length = documents.stream().mapToInt(TrainingRow::length).sum();
        var ids = new int[length];
        var labels = new int[length];
        var segments = new int[length];
        var at = 0;
        for (int d = 0; d < documents.size(); d++) {
            var document = documents.get(d);
            System.arraycopy(document.inputIds(), 0, ids, at, document.length());
            System.arraycopy(document.labels(), 0, labels, at, document.length());
            Arrays.fill(segments, at, at + document.length(), d);
            at += document.length();
        }
        return new TrainingRow(ids, labels, segments);
    }
}
