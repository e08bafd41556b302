package dev.parley.assist.guard;

import dev.parley.assist.moderation.NormalizedWords;
import dev.parley.assist.moderation.PhraseRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a classifier sees of a text: its words, pairs and triples of neighbours, pairs a little apart, pieces of words (which a misspelled
 * one still has), its beginning, end and length, and the concepts that it means with all pairs of them. Each is a number by its hash
 * (Weinberger et al. 2009).
 */
final class EmergencyFeatures {

    static final int COUNT = 1 << 18;

    private static final int APART = 4; // words
    private static final int MOST_WORDS = 200; // of a long text, as many from its beginning and end

    private final PhraseRules<String> concepts = PhraseRules.load(EmergencyFeatures.class, "emergency-concepts.txt", name -> name);

    /** The features of a text, each once. */
    int[] of(String text) {
        var found = new HashSet<Integer>();
        var words = shortened(NormalizedWords.of(text));
        addWords(words, found);
        addShape(text, words.stream().filter(word -> !word.equals(NormalizedWords.END)).toList(), found);
        addConcepts(new ArrayList<>(concepts.found(text)), found);
        return found.stream().sorted().mapToInt(Integer::intValue).toArray();
    }

    private static List<String> shortened(List<String> words) {
        if (words.size() <= 2 * MOST_WORDS) return words;
        var both = new ArrayList<>(words.subList(0, MOST_WORDS));
        both.addAll(words.subList(words.size() - MOST_WORDS, words.size()));
        return both;
    }

    private static void addWords(List<String> words, Set<Integer> found) {
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals(NormalizedWords.END)) continue;
            add(found, "w", word);
            for (int j = i + 1; j < Math.min(i + 1 + APART, words.size()); j++) {
                if (words.get(j).equals(NormalizedWords.END)) break;
                add(found, j == i + 1 ? "2" : "s", word + " " + words.get(j));
                if (j == i + 2) add(found, "3", word + " " + words.get(i + 1) + " " + words.get(j));
            }
            if (word.length() > 3) addPieces(word, found);
        }
    }

    /** How a text begins and ends, how long it is, whether it asks: who is in need seldom begins by "how do" and ends by a question. */
    private static void addShape(String text, List<String> words, Set<Integer> found) {
        if (text.contains("?") || text.contains("？")) add(found, "q", "?");
        if (text.contains(",") || text.contains("，")) add(found, "q", ",");
        if (words.isEmpty()) return;
        add(found, "n", Integer.toString((int) (2 * StrictMath.log(1 + words.size()))));
        add(found, "f", words.getFirst());
        add(found, "l", words.getLast());
        if (words.size() == 1) return;
        add(found, "f", words.get(0) + " " + words.get(1));
        add(found, "l", words.get(words.size() - 2) + " " + words.getLast());
    }

    private static void addPieces(String word, Set<Integer> found) {
        var marked = "<" + word + ">";
        for (int length = 3; length <= 4; length++) {
            for (int i = 0; i + length <= marked.length(); i++) add(found, "p", marked.substring(i, i + length));
        }
    }

    private static void addConcepts(List<String> meant, Set<Integer> found) {
        meant.sort(null);
        for (int i = 0; i < meant.size(); i++) {
            add(found, "c", meant.get(i));
            for (int j = i + 1; j < meant.size(); j++) add(found, "c", meant.get(i) + " " + meant.get(j));
        }
    }

    private static void add(Set<Integer> found, String kind, String what) {
        var hash = (kind + what).hashCode() * 0x9E3779B9;
        found.add(hash >>> 32 - Integer.numberOfTrailingZeros(COUNT));
    }
}
