package dev.parley.data.shards;

import java.util.Arrays;

/** A corpus whose every document stands between the tokens that begin and end it: the same documents, longer by these. */
record BoundedDocuments(TokenCorpus corpus, Boundaries boundaries) {

    long fingerprint() {
        return Split.mix(corpus.fingerprint() ^ boundaries.fingerprint());
    }

    long tokens() {
        return start(corpus.documents());
    }

    long start(long document) {
        return corpus.start(document) + document * boundaries.count();
    }

    int length(long document) {
        return Math.toIntExact(start(document + 1) - start(document));
    }

    long documentOf(long token) {
        long low = 0, high = corpus.documents() - 1;
        while (low < high) {
            var middle = low + high + 1 >>> 1;
            if (start(middle) <= token) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /** Tokens from one on, of one document or several. @param segments takes the number of each token's document, from 0; or is empty */
    void copy(long from, int[] ids, int[] segments) {
        var document = documentOf(from);
        for (int at = 0, segment = 0; at < ids.length; segment++, document++) {
            var count = (int) Math.min(ids.length - at, start(document + 1) - (from + at));
            copyWithin(document, (int) (from + at - start(document)), count, ids, at);
            if (segments.length > 0) Arrays.fill(segments, at, at + count, segment);
            at += count;
        }
    }

    /** Tokens of one document. */
    void copyWithin(long document, int from, int count, int[] ids, int at) {
        var before = boundaries.begin().isPresent() ? 1 : 0;
        var length = length(document);
        var isBegun = from == 0 && before == 1 && count > 0;
        var isEnded = boundaries.end().isPresent() && from + count == length && count > 0;
        if (isBegun) ids[at] = boundaries.begin().getAsInt();
        if (isEnded) ids[at + count - 1] = boundaries.end().getAsInt();
        var inner = count - (isBegun ? 1 : 0) - (isEnded ? 1 : 0);
        if (inner > 0) corpus.copy(corpus.start(document) + Math.max(0, from - before), inner, ids, at + (isBegun ? 1 : 0));
    }
}
