package dev.parley.knowledge.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;

/**
 * The words of a question, and which part of them a passage has, each weighted by how rare it is in the index; a word that nobody has
 * weighs most.
 */
final class Coverage {

    /** Lucene refuses queries of more than 1,024 terms, and each language takes two for each of these. */
    private static final int MOST_TERMS = 40;

    private final DirectoryReader reader;
    private final Words words;
    private final String question;
    private final Map<Language, Map<String, Double>> weights = new EnumMap<>(Language.class);

    Coverage(DirectoryReader reader, Words words, String question) {
        this.reader = reader;
        this.words = words;
        this.question = question;
    }

    double of(Found passage) throws IOException {
        var asked = weights(passage.language());
        var has = words.terms(passage.language(), passage.whole());
        var all = 0.0;
        var found = 0.0;
        for (var entry : asked.entrySet()) {
            all += entry.getValue();
            if (has.contains(entry.getKey())) found += entry.getValue();
        }
        return all == 0 ? 0 : found / all;
    }

    private record Weighted(String term, boolean known, double weight) {}

    /** The question's terms in a language; of many those that are in the index, the rarest first. */
    Set<String> terms(Language language) throws IOException {
        return weights(language).keySet();
    }

    private Map<String, Double> weights(Language language) throws IOException {
        var known = weights.get(language);
        if (known != null) return known;
        var field = Fields.words(language);
        var passages = reader.getDocCount(field);
        var terms = new ArrayList<Weighted>();
        for (var term : words.contentTerms(language, question)) {
            var with = reader.docFreq(new Term(field, term));
            terms.add(new Weighted(term, with > 0, Math.log(1 + (passages - with + 0.5) / (with + 0.5)))); // BM25's
        }
        terms.sort(Comparator.comparing(Weighted::known).thenComparing(Weighted::weight).reversed());
        var heaviest = new LinkedHashMap<String, Double>();
        for (var term : terms.subList(0, Math.min(terms.size(), MOST_TERMS))) heaviest.put(term.term, term.weight);
        weights.put(language, heaviest);
        return heaviest;
    }
}
