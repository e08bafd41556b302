package dev.parley.cli;

import java.util.ArrayList;
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

    /** The nearest of the words to an option or a command. */
    static Optional<String> nearest(String given, List<String> words) {
        return dev.parley.train.recipe.ClosestWord.nearest(given.contains("=") ? given.substring(0, given.indexOf('=')) : given, words);
    }
}
