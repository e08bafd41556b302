package dev.parley.assist.moderation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is looked for in the words of a text: parts one after the other. A part is a word, some words joined by {@code _}, the
 * beginning of a word with {@code *} after it, several of these with {@code |} between, or the name of a list such as {@code @person};
 * with a {@code ?} after it, it may be missing. {@code ..3} is up to three words of any kind, within a sentence.
 */
final class Phrase {

    private sealed interface Part {}

    private record Gap(int most) implements Part {}

    private record Choice(List<List<Piece>> ways, boolean optional) implements Part {}

    /** A word, or the beginning of one. */
    private record Piece(String text, boolean beginning) {

        boolean matches(String word) {
            int at = 0;
            for (int i = 0; i < word.length(); i++, at++) {
                if (at >= text.length()) return beginning;
                var c = word.charAt(i);
                if (c != text.charAt(at) && NormalizedWords.HIDDEN.indexOf(c) < 0) return false;
                if (i + 1 < word.length() && word.charAt(i + 1) == NormalizedWords.MANY) {
                    i++;
                    if (at + 1 < text.length() && text.charAt(at + 1) == c) at++;
                }
            }
            return at == text.length();
        }
    }

    private final List<Part> parts;

    private Phrase(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Reads a phrase.
     *
     * @param lists by name, each as it is written
     * @throws IllegalArgumentException if it is not one
     */
    static Phrase of(String written, Map<String, String> lists) {
        var parts = new ArrayList<Part>();
        for (var part : written.strip().split("\\s+")) parts.add(part(part, lists));
        if (!(parts.getFirst() instanceof Choice first) || first.optional())
            throw new IllegalArgumentException("A phrase begins with a word: " + written);
        return new Phrase(List.copyOf(parts));
    }

    private static Part part(String written, Map<String, String> lists) {
        if (written.startsWith("..")) return new Gap(Integer.parseInt(written.substring(2)));
        var optional = written.endsWith("?");
        var choices = optional ? written.substring(0, written.length() - 1) : written;
        return new Choice(Arrays.stream(choices.split("\\|")).flatMap(choice -> ways(choice, lists).stream()).toList(), optional);
    }

    private static List<List<Piece>> ways(String choice, Map<String, String> lists) {
        if (!choice.startsWith("@")) return List.of(pieces(choice));
        return Optional.ofNullable(lists.get(choice))
                .map(list -> Arrays.stream(list.split("\\|")).flatMap(c -> ways(c, lists).stream()).toList())
                .orElseThrow(() -> new IllegalArgumentException("There is no list " + choice + "."));
    }

    private static List<Piece> pieces(String choice) {
        var pieces = new ArrayList<Piece>();
        for (var word : choice.split("_")) {
            var beginning = word.endsWith("*");
            var plain = NormalizedWords.of(beginning ? word.substring(0, word.length() - 1) : word);
            for (int i = 0; i < plain.size(); i++) pieces.add(new Piece(plain.get(i), beginning && i == plain.size() - 1));
        }
        if (pieces.isEmpty()) throw new IllegalArgumentException("A choice of a phrase says nothing: " + choice);
        return List.copyOf(pieces);
    }

    /** The letters that it can begin with. */
    Set<Integer> firstLetters() {
        var letters = new TreeSet<Integer>();
        for (var way : ((Choice) parts.getFirst()).ways()) letters.add(way.getFirst().text().codePointAt(0));
        return letters;
    }

    /** Where the phrase ends that begins at a word; -1 if none does. */
    int end(List<String> words, int from) {
        return end(words, from, 0);
    }

    private int end(List<String> words, int from, int part) {
        if (part == parts.size()) return from;
        return switch (parts.get(part)) {
            case Gap gap -> endAfter(gap, words, from, part);
            case Choice choice -> endAfter(choice, words, from, part);
        };
    }

    private int endAfter(Gap gap, List<String> words, int from, int part) {
        for (int at = from; at <= Math.min(words.size(), from + gap.most()); at++) {
            var end = end(words, at, part + 1);
            if (end >= 0) return end;
            if (at < words.size() && words.get(at).equals(NormalizedWords.END)) break;
        }
        return -1;
    }

    private int endAfter(Choice choice, List<String> words, int from, int part) {
        for (var way : choice.ways()) {
            if (!begins(way, words, from)) continue;
            var end = end(words, from + way.size(), part + 1);
            if (end >= 0) return end;
        }
        return choice.optional() ? end(words, from, part + 1) : -1;
    }

    private static boolean begins(List<Piece> way, List<String> words, int from) {
        if (from + way.size() > words.size()) return false;
        for (int i = 0; i < way.size(); i++) {
            if (!way.get(i).matches(words.get(from + i))) return false;
        }
        return true;
    }
}
