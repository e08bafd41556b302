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

    /** Rows that are still open while documents are placed: more fill better, fewer are faster. */
    private static final int OPEN_ROWS = 32;

    private Packing() {}

    /**
     * Packs documents, each into the fullest open row that has room. A document longer than a row is cut into pieces of
     * a row's length, of which each is read as a document of its own.
     *
     * @param length tokens of a row at most
     */
    public static List<TrainingRow> pack(List<TrainingRow> documents, int length) {
        var packed = new ArrayList<TrainingRow>();
        var open = new ArrayList<Open>();
        for (var document : documents) {
            for (int start = 0; start < document.length(); start += length) {
                var end = Math.min(document.length(), start + length);
                var piece = TrainingRow.of(Arrays.copyOfRange(document.inputIds(), start, end),
                        Arrays.copyOfRange(document.labels(), start, end));
                place(piece, open, length);
                if (open.size() > OPEN_ROWS) packed.add(closeFullest(open));
            }
        }
        for (var row : open) packed.add(row.close());
        return packed;
    }

    private static void place(TrainingRow piece, List<Open> open, int length) {
        Open best = null;
        for (var row : open) {
            if (row.length + piece.length() <= length && (best == null || row.length > best.length)) best = row;
        }
        if (best == null) {
            best = new Open();
            open.add(best);
        }
        best.add(piece);
    }

    private static TrainingRow closeFullest(List<Open> open) {
        var fullest = 0;
        for (int i = 1; i < open.size(); i++) {
            if (open.get(i).length > open.get(fullest).length) fullest = i;
        }
        return open.remove(fullest).close();
    }

    /** A row that documents are still added to. */
    private static final class Open {

        private final List<TrainingRow> documents = new ArrayList<>();
        private int length;

        void add(TrainingRow document) {
            documents.add(document);
            length += document.length();
        }

        TrainingRow close() {
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
            return new TrainingRow(ids, labels, documents.size() == 1 ? new int[0] : segments);
        }
    }
}
