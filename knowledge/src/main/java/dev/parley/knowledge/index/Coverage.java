package dev.parley.knowledge.index;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;

/** Which part of a question's words a passage has, each weighted by how rare it is in the index; a word that nobody has weighs most. */
final class Coverage {

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

    private Map<String, Double> weights(Language language) throws IOException {
        var known = weights.get(language);
        if (known != null) return known;
        var made = new LinkedHashMap<String, Double>();
        var field = Fields.words(language);
        var passages = reader.getDocCount(field);
        for (var term : words.contentTerms(language, question)) {
            var with = reader.docFreq(new Term(field, term));
            made.put(term, Math.log(1 + (passages - with + 0.5) / (with + 0.5))); // BM25's
        }
        weights.put(language, made);
        return made;
    }
}
