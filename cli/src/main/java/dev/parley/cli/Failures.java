package dev.parley.cli;

import dev.parley.train.recipe.ClosestWord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What went wrong, in one sentence on standard error, and its exit code. */
final class Failures {

    private Failures() {}

    /** A command line that cannot be understood. */
    static int wrongUsage(ParameterException problem, Output output) {
        var command = problem.getCommandLine().getCommandSpec().qualifiedName(" ");
        output.note("parley: " + unknown(problem).orElseGet(() -> closed(problem.getMessage())) + " See ./" + command + " --help.");
        return Parley.WRONG_USAGE;
    }

    /** A word that is not understood comes before what else is wrong: a mistyped option also leaves its own one missing. */
    private static Optional<String> unknown(ParameterException problem) {
        return problem.getCommandLine().getUnmatchedArguments().stream().findFirst().map(given -> {
            var command = problem.getCommandLine().getCommandSpec();
            var kind = given.startsWith("-") ? "option " : command.subcommands().isEmpty() ? "argument " : "command ";
            return "there is no " + kind + given + "." + ClosestWord.nearest(given.split("=", 2)[0], possible(command, given))
                    .map(word -> " Did you mean " + word + "?").orElse("");
        });
    }

    /** What could stand in place of a word: options if it looks like one, else subcommands. */
    private static List<String> possible(CommandSpec command, String given) {
        if (!given.startsWith("-")) return List.copyOf(command.subcommands().keySet());
        return command.options().stream().map(OptionSpec::longestName).toList();
    }

    /** A command that could not do what it was asked. */
    static int failed(Exception problem, boolean debug, Output output) {
        if (problem instanceof Output.ReaderGone) return Parley.FAILED;
        output.note("parley: " + sentence(problem) + (debug || isForTheUser(problem) ? "" : " Run again with --debug to see where."));
        if (debug) {
            var trace = new StringWriter();
            problem.printStackTrace(new PrintWriter(trace));
            output.note(trace.toString());
        }
        return switch (problem) {
            case WrongUsage e -> Parley.WRONG_USAGE;
            case Interrupted e -> Parley.INTERRUPTED;
            default -> Parley.FAILED;
        };
    }

    /** The rooms' own exceptions, refused arguments and files carry a sentence for the user; others are our mistakes. */
    private static boolean isForTheUser(Throwable problem) {
        return problem.getClass() == IllegalArgumentException.class || problem instanceof UncheckedIOException
                || problem instanceof IOException || problem.getClass().getName().startsWith("dev.parley.");
    }

    static String sentence(Throwable problem) {
        // An UncheckedIOException made without words repeats the class and the message of its cause.
        if (problem instanceof UncheckedIOException e && String.valueOf(e.getCause()).equals(e.getMessage())) return sentence(e.getCause());
        return switch (problem) {
            case NoSuchFileException e -> closed(e.getFile() + ": there is no such file or folder");
            case AccessDeniedException e -> closed(e.getFile() + ": access is denied; change its permissions or name another");
            case FileAlreadyExistsException e -> closed(e.getFile() + " is there already; name another or remove it");
            case NotDirectoryException e -> closed(e.getFile() + " is not a folder");
            case FileSystemException e when e.getFile() != null && e.getReason() != null -> closed(e.getFile() + ": " + e.getReason());
            default -> isForTheUser(problem) && problem.getMessage() != null
                    ? closed(problem.getMessage())
                    : closed(problem.getClass().getSimpleName() + (problem.getMessage() == null ? "" : ": " + problem.getMessage()));
        };
    }

    /** Memory ran out: the one error of the JVM that a user can mend. */
    static int outOfMemory(OutOfMemoryError problem, Output output) {
        var limit = Runtime.getRuntime().maxMemory() >> 20;
        output.note("parley: Java's memory of " + limit + " MiB was not enough (" + problem.getMessage()
                + "); give it more, for example by PARLEY_JAVA_OPTS=-Xmx" + 2 * limit + "m.");
        return Parley.FAILED;
    }

    private static String closed(String text) {
        var line = text.lines().map(String::strip).filter(l -> !l.isEmpty()).collect(Collectors.joining(" "));
        return line.isEmpty() || ".!?)".indexOf(line.charAt(line.length() - 1)) >= 0 ? line : line + ".";
    }
}
