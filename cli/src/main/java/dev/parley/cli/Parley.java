package dev.parley.cli;

import dev.parley.cli.accounts.KeysCommand;
import dev.parley.cli.accounts.UsersCommand;
import dev.parley.cli.assistant.AssistantCommand;
import dev.parley.cli.data.DataCommand;
import dev.parley.cli.eval.EvalCommand;
import dev.parley.cli.knowledge.KnowledgeCommand;
import dev.parley.cli.mcp.McpCommand;
import dev.parley.cli.models.ModelsCommand;
import dev.parley.cli.quickstart.QuickstartCommand;
import dev.parley.cli.teach.TeachCommand;
import dev.parley.cli.tokenizer.TokenizerCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code parley} command: its subcommands, its global options, and its exit codes: {@value #DONE} done,
 * {@value #FAILED} failed, {@value #WRONG_USAGE} wrong usage,
 * {@value #INTERRUPTED} interrupted.
 */
@Command(name = "parley", versionProvider = VersionProvider.class, synopsisSubcommandLabel = "COMMAND",
        description = "Build your own ChatGPT on the JVM: text in, a trained chat model out.%n",
        footer = {"", "Example:", "  ./parley quickstart", "", "./parley COMMAND --help says more about each."})
public final class Parley implements Runnable {

    /** Exit code: the command did what it was asked. */
    public static final int DONE = 0;
    /** Exit code: it could not. */
    public static final int FAILED = 1;
    /** Exit code: it was asked something that it does not understand. */
    public static final int WRONG_USAGE = 2;
    /** Exit code: it was interrupted, and what was done is kept. */
    public static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show a stack trace when something goes wrong.")
    private boolean debug;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    private Parley() {}

    /** Runs the command and ends the program with its exit code. */
    public static void main(String... arguments) {
        var restoring = Thread.ofPlatform().start(StandardError::restore); // takes as long as to look at a command's options
        var output = Output.standard();
        var line = commandLine(output, arguments);
        join(restoring);
        InterruptHandler.commandBegins();
        var code = run(line, output, arguments);
        InterruptHandler.commandEnds();
        System.exit(code);
    }

    /**
     * Runs the command in this JVM.
     *
     * @param output where results and notes go; flushed at the end
     * @return the exit code
     */
    public static int run(Output output, String... arguments) {
        return run(commandLine(output, arguments), output, arguments);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what follows will see it
        }
    }

    private static int run(CommandLine line, Output output, String... arguments) {
        try {
            var code = line.execute(arguments);
            output.flush();
            return code;
        } catch (Output.ReaderGone e) {
            return FAILED;
        } catch (OutOfMemoryError e) {
            return Failures.outOfMemory(e, output);
        }
    }

    private static CommandLine commandLine(Output output, String... arguments) {
        var parley = new Parley();
        var line = new CommandLine(parley);
        var commands = commands(output);
        // To look at all commands takes a tenth of a second, which the one that is named need not wait for.
        var named = arguments.length > 0 ? commands.get(arguments[0]) : null;
        if (named != null) {
            line.addSubcommand(named.get());
        } else {
            commands.values().forEach(command -> line.addSubcommand(command.get()));
            for (var room : ServiceLoader.load(CommandProvider.class)) room.commands(output).forEach(line::addSubcommand);
        }

        line.setOut(output.resultsWriter());
        line.setErr(output.notesWriter());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(output.coloursResults() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpWidth(100);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExpandAtFiles(false); // a prompt may well begin with @
        line.setParameterExceptionHandler((problem, given) -> Failures.wrongUsage(problem, output));
        line.setExecutionExceptionHandler((problem, command, given) -> Failures.failed(problem, parley.debug, output));
        return line;
    }

    /** The subcommands of this room by name, in the order of help. */
    private static Map<String, Supplier<Object>> commands(Output output) {
        var commands = new LinkedHashMap<String, Supplier<Object>>();
        commands.put("quickstart", () -> new QuickstartCommand(output));
        commands.put("tokenizer", () -> group(new TokenizerCommand(), TokenizerCommand.commands(output)));
        commands.put("train", () -> new TrainCommand(output));
        commands.put("generate", () -> new GenerateCommand(output));
        commands.put("chat", () -> new ChatCommand(output));
        commands.put("serve", () -> new ServeCommand(output));
        commands.put("teach", () -> group(new TeachCommand(output), TeachCommand.commands(output)));
        commands.put("score", () -> new ScoreCommand(output));
        commands.put("eval", () -> group(new EvalCommand(), EvalCommand.commands(output)));
        commands.put("explain", () -> new ExplainCommand(output));
        commands.put("models", () -> group(new ModelsCommand(), ModelsCommand.commands(output)));
        commands.put("knowledge", () -> group(new KnowledgeCommand(), KnowledgeCommand.commands(output)));
        commands.put("assistant", () -> group(new AssistantCommand(), AssistantCommand.commands(output)));
        commands.put("mcp", () -> group(new McpCommand(), join(McpCommand.commands(output), new McpServeCommand(output))));
        commands.put("data", () -> group(new DataCommand(), DataCommand.commands(output)));
        commands.put("users", () -> group(new UsersCommand(), UsersCommand.commands(output)));
        commands.put("keys", () -> group(new KeysCommand(), KeysCommand.commands(output)));
        commands.put("doctor", () -> new DoctorCommand(output));
        commands.put("rehearse", () -> new RehearseCommand(output));
        return commands;
    }

    private static List<Object> join(List<Object> commands, Object last) {
        return Stream.concat(commands.stream(), Stream.of(last)).toList();
    }

    private static CommandLine group(Object command, List<Object> subcommands) {
        var line = new CommandLine(command);
        subcommands.forEach(line::addSubcommand);
        return line;
    }

    /** Without a subcommand there is nothing to do but to say what there is. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
    }
}
