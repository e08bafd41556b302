package dev.parley.cli;

import dev.parley.cli.quickstart.QuickstartCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The {@code parley} command: reads the words that it was called with and hands over to a subcommand. */
@Command(name = "parley", mixinStandardHelpOptions = true, version = "parley 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        description = "Builds your own ChatGPT on the JVM: from text to a model that you talk to.",
        footer = {"", "Begin with:  ./parley quickstart", "Help on a command:  ./parley COMMAND --help",
                "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."},
        subcommands = {QuickstartCommand.class, TokenizerCommand.class, TrainCommand.class, GenerateCommand.class, ChatCommand.class,
                ScoreCommand.class, DoctorCommand.class})
public final class Parley {

    /** The program did what it was asked. */
    static final int DONE = 0;
    /** It could not. */
    static final int FAILED = 1;
    /** It was called in a way that it does not understand. */
    static final int WRONG_USAGE = 2;
    /** It was interrupted, and kept what was done. */
    public static final int INTERRUPTED = 130;

    @Option(names = "--debug", scope = CommandLine.ScopeType.INHERIT, description = "Show where in the code an error comes from.")
    boolean debug;

    /** The whole command line with all subcommands, also those of rooms below. */
    static CommandLine commandLine() {
        var parley = new Parley();
        var line = new CommandLine(parley);
        for (var provider : ServiceLoader.load(CommandProvider.class)) line.addSubcommand(provider.command());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Output.colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((fault, command, parsed) -> report(parley, fault));
        line.setParameterExceptionHandler(Parley::explain);
        line.setExecutionStrategy(Parley::runOrHelp);
        return line;
    }

    private static int runOrHelp(ParseResult parsed) {
        var last = parsed;
        while (last.hasSubcommand()) last = last.subcommand();
        var command = last.commandSpec().commandLine();
        if (!last.isUsageHelpRequested() && !last.isVersionHelpRequested() && !(command.getCommand() instanceof Runnable)
                && !(command.getCommand() instanceof java.util.concurrent.Callable<?>)) {
            command.usage(command.getErr());
            return WRONG_USAGE;
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int explain(CommandLine.ParameterException fault, String[] arguments) {
        var err = fault.getCommandLine().getErr();
        err.println("parley: " + sentence(fault.getMessage()));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(fault, err)) {
            err.println("Try ./" + fault.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        }
        return WRONG_USAGE;
    }

    private static int report(Parley parley, Exception fault) {
        if (fault instanceof Interrupted) {
            System.err.println("parley: interrupted. " + fault.getMessage());
            return INTERRUPTED;
        }
        var expected = fault instanceof RuntimeException && fault.getMessage() != null
                && (fault.getClass().getPackageName().startsWith("dev.parley") || fault instanceof IllegalArgumentException
                || fault instanceof java.io.UncheckedIOException) || fault instanceof java.io.IOException;
        System.err.println("parley: " + (expected ? said(fault)
                : "something unexpected went wrong: " + fault + (parley.debug ? "" : "; run again with --debug to see where.")));
        if (parley.debug) fault.printStackTrace();
        return fault instanceof WrongUsage ? WRONG_USAGE : FAILED;
    }

    private static String said(Exception fault) {
        return switch (fault) {
            case java.nio.file.NoSuchFileException e -> "There is no file " + e.getFile() + ".";
            case java.nio.file.AccessDeniedException e -> e.getFile() + " may not be read or written by this user.";
            default -> sentence(String.valueOf(fault.getMessage()));
        };
    }

    private static String sentence(String message) {
        return message.endsWith(".") || message.endsWith("?") || message.contains("\n") ? message : message + ".";
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
