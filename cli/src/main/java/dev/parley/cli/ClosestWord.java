package dev.parley.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** The word that was probably meant: the one with the fewest letters to change (Levenshtein 1966). */
final class ClosestWord {

    private ClosestWord() {}

    /** What could stand in place of a word: options if it looks like one, else subcommands. */
    static List<String> possible(CommandSpec command, String given) {
        if (!given.startsWith("-")) return List.copyOf(command.subcommands().keySet());
        var names = new ArrayList<String>();
        for (var option : command.options()) names.add(option.longestName());
        return names;
    }

    /** The nearest of the words, if at most a third of its letters would have to change. */
    static Optional<String> nearest(String given, List<String> words) {
        var name = given.contains("=") ? given.substring(0, given.indexOf('=')) : given;
        return words.stream().filter(word -> distance(name, word) <= Math.max(1, word.length() / 3))
                .min(Comparator.comparingInt(word -> distance(name, word)));
    }

    /** Letters to insert, delete or replace to make one word of the other. */
    static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                var replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
