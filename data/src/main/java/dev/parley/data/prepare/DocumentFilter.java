package dev.parley.data.prepare;

import dev.parley.data.cleaning.Cleaning;
import dev.parley.data.dedup.Contamination;
import dev.parley.data.dedup.ExactDuplicates;
import dev.parley.data.dedup.MinHash;
import dev.parley.data.dedup.NearDuplicates;
import dev.parley.data.text.TextDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/** Decides what stays: first each document by itself, which threads do side by side, then one after the other against those before. */
final class DocumentFilter {

    private static final String CONTAMINATION = "contamination";

    private final PreparationSettings settings;
    private final Tally tally;
    private final DropSamples samples = new DropSamples();
    private final ExactDuplicates exact = new ExactDuplicates();
    private final NearDuplicates near;
    private final int steps;
    private long contaminated;

    /** @param expected how many documents there may be, from how many were read */
    DocumentFilter(PreparationSettings settings, LongUnaryOperator expected) {
        this.settings = settings;
        steps = settings.cleaning().steps().size();
        var names = new ArrayList<String>();
        for (var step : settings.cleaning().steps()) names.add(step.name());
        names.addAll(List.of("exact duplicates", "near duplicates", CONTAMINATION));
        tally = new Tally(names);
        near = new NearDuplicates(settings.nearDuplicates() > 0 ? settings.nearDuplicates() : 1, settings.memory(),
                () -> expected.applyAsLong(tally().documents()));
    }

    /** A document that was cleaned. @param bytes as it was read @param signature empty where near duplicates are left alone */
    record Candidate(TextDocument document, int bytes, Cleaning.Cleaned cleaned, int keptBytes, long words, int[] signature,
            Optional<Contamination.Hit> hit) {}

    /** Any thread may call it, several at once. */
    Candidate clean(TextDocument document) {
        var bytes = Cleaning.utf8Bytes(document.text());
        var cleaned = settings.cleaning().apply(document.text());
        if (!cleaned.isKept()) return new Candidate(document, bytes, cleaned, 0, 0, new int[0], Optional.empty());
        var left = bytes;
        for (var removed : cleaned.removed()) left -= removed;
        var words = cleaned.draft().words();
        var signature = settings.nearDuplicates() > 0 && words.count() > 0 ? MinHash.signature(words) : new int[0];
        var hit = settings.contamination().flatMap(texts -> texts.find(words));
        return new Candidate(document, bytes, cleaned, left, words.hash(), signature, hit);
    }

    /** Called in the documents' order. */
    Optional<Destination.Kept> decide(Candidate candidate) {
        var cleaned = candidate.cleaned();
        tally.read(candidate.bytes());
        var left = candidate.bytes();
        for (int i = 0; i < steps; i++) {
            if (cleaned.changed()[i]) tally.changed(i, cleaned.removed()[i]);
            left -= cleaned.removed()[i];
        }
        if (!cleaned.isKept()) return drop(candidate, cleaned.droppedBy(), cleaned.rule(), left, 0);
        if (cleaned.draft().words().count() > 0) {
            if (settings.exactDuplicates() && !exact.add(candidate.words())) return drop(candidate, steps, "the same words", left, 0);
            if (candidate.signature().length > 0 && !near.add(candidate.signature()))
                return drop(candidate, steps + 1, "nearly the same", left, 0);
        }
        if (candidate.hit().isPresent()) {
            var hit = candidate.hit().get();
            contaminated++;
            if (settings.dropContaminated()) return drop(candidate, steps + 2, hit.file().getFileName().toString(), left, hit.from());
            samples.add(CONTAMINATION, hit.file().getFileName() + " (kept)", candidate.document().place(), cleaned.draft().text(),
                    hit.from());
        }
        tally.kept(candidate.keptBytes());
        return Optional.of(new Destination.Kept(candidate.document().place(), cleaned.draft().text()));
    }

    private Optional<Destination.Kept> drop(Candidate candidate, int step, String rule, long size, int from) {
        tally.dropped(step, rule, size);
        samples.add(tally.step(step), rule, candidate.document().place(), candidate.cleaned().draft().text(), from);
        return Optional.empty();
    }

    Tally tally() {
        return tally;
    }

    DropSamples samples() {
        return samples;
    }

    List<String> notes() {
        var notes = new ArrayList<String>();
        settings.contamination().ifPresent(texts -> {
            notes.add(String.format(Locale.ROOT, "%,d documents that no step before dropped hold %d words in a row of %,d examples of"
                    + " evaluations, and are %s.", contaminated, Contamination.WORDS, texts.examples(),
                    settings.dropContaminated() ? "dropped" : "kept"));
            if (texts.tooShort() > 0) {
                notes.add(String.format(Locale.ROOT, "%,d of these examples have fewer than %d words and are not looked for.",
                        texts.tooShort(), Contamination.FEWEST_WORDS));
            }
        });
        if (near.isFull()) {
            notes.add(
                    String.format(Locale.ROOT, "The memory for near duplicates was full after %,d documents; later ones were compared with"
                            + " those alone. Give Java more, for example by PARLEY_JAVA_OPTS=-Xmx4g.", near.documents()));
        }
        return notes;
    }
}
