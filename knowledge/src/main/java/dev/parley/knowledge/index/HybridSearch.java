package dev.parley.knowledge.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

/**
 * Finds passages by their words and by their vectors, and joins the two rankings by reciprocal rank fusion (Cormack, Clarke and Büttcher
 * 2009): a passage scores 1 / (60 + rank) in each, whatever the scores there were.
 */
public final class HybridSearch {

    /** Cormack et al. 2009, section 3: from 60 on the choice hardly matters. */
    private static final int RANK_OFFSET = 60;
    /** Of each ranking at least. */
    public static final int DEPTH = 30;
    /** What a word in a heading counts, beside its counting in the text, of which headings are a part. */
    private static final float TITLE_WEIGHT = 0.5f;

    /** One of the two rankings. */
    public enum Ranking {
        WORDS, VECTORS
    }

    /**
     * A passage that was found.
     *
     * @param score of the fusion
     * @param coverage which part of the question's words it has, weighted by how rare they are
     * @param cosine of its vector and the question's, if there are such
     */
    public record Hit(Found passage, double score, double coverage, OptionalDouble cosine) {}

    private final IndexFolder index;
    private final Set<Ranking> rankings;

    /** A search over an open index. */
    public HybridSearch(IndexFolder index) {
        this(index, EnumSet.allOf(Ranking.class));
    }

    /** A search by some of the rankings, to compare them. */
    public HybridSearch(IndexFolder index, Set<Ranking> rankings) {
        this.index = index;
        this.rankings = EnumSet.copyOf(rankings);
    }

    /**
     * The passages that fit a question best, the best one first.
     *
     * @param vector of the question, of length one; empty to look at words alone
     */
    public List<Hit> search(String question, Optional<float[]> vector, int k) {
        return index.read(reader -> find(reader, question, vector, k)).orElse(List.of());
    }

    private List<Hit> find(DirectoryReader reader, String question, Optional<float[]> vector, int k) throws IOException {
        var searcher = new IndexSearcher(reader);
        var depth = Math.max(DEPTH, k);
        var coverage = new Coverage(reader, index.words(), question);
        var scores = new HashMap<Integer, Double>();
        if (rankings.contains(Ranking.WORDS)) add(scores, searcher.search(words(reader, coverage), depth).scoreDocs);
        if (rankings.contains(Ranking.VECTORS) && vector.isPresent()) {
            add(scores, searcher.search(new KnnFloatVectorQuery(Fields.VECTOR, vector.get(), depth), depth).scoreDocs);
        }
        var best = scores.entrySet().stream().sorted(Map.Entry.<Integer, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey())).limit(k).toList();
        var hits = new ArrayList<Hit>(best.size());
        for (var entry : best) {
            var found = Stored.passage(searcher.storedFields().document(entry.getKey()));
            var cosine = vector.isPresent() ? cosine(reader, entry.getKey(), vector.get()) : OptionalDouble.empty();
            hits.add(new Hit(found, entry.getValue(), coverage.of(found), cosine));
        }
        return hits;
    }

    private static void add(Map<Integer, Double> scores, ScoreDoc[] ranking) {
        for (int rank = 1; rank <= ranking.length; rank++) scores.merge(ranking[rank - 1].doc, 1.0 / (RANK_OFFSET + rank), Double::sum);
    }

    /** The question's terms, as each language that the index holds has them; the best language counts. */
    private static Query words(DirectoryReader reader, Coverage coverage) throws IOException {
        var fields = FieldInfos.getMergedFieldInfos(reader);
        var languages = new ArrayList<Query>();
        for (var language : Language.values()) {
            if (fields.fieldInfo(Fields.words(language)) == null) continue;
            var terms = new BooleanQuery.Builder();
            for (var term : coverage.terms(language)) {
                terms.add(new TermQuery(new Term(Fields.words(language), term)), Occur.SHOULD);
                terms.add(new BoostQuery(new TermQuery(new Term(Fields.titleWords(language), term)), TITLE_WEIGHT), Occur.SHOULD);
            }
            languages.add(terms.build());
        }
        return new DisjunctionMaxQuery(languages, 0);
    }

    private static OptionalDouble cosine(DirectoryReader reader, int doc, float[] vector) throws IOException {
        var leaf = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
        var vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
        if (vectors == null) return OptionalDouble.empty();
        var place = vectors.iterator();
        if (place.advance(doc - leaf.docBase) != doc - leaf.docBase) return OptionalDouble.empty();
        var other = vectors.vectorValue(place.index());
        var sum = 0.0;
        for (int i = 0; i < other.length; i++) sum += (double) other[i] * vector[i];
        return OptionalDouble.of(sum);
    }
}
