package dev.parley.cli.eval;

import dev.parley.cli.Output;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eval}: the parent of its subcommands. */
@Command(name = "eval", synopsisSubcommandLabel = "COMMAND",
        description = "Score models on tasks, by the task files of lm-evaluation-harness.",
        footer = {"", "Example:", "  ./parley eval run --model my-model --tasks arc_easy,hellaswag --include-path lm_eval/tasks"})
public final class EvalCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new RunCommand(output), new CompareCommand(output), new JudgeCommand(output),
                new RankCommand(output), new TasksCommand(output), new BiasCommand(output), new SafetyCommand(output),
                new CardCommand(output));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "Name what shall be done: run, compare, judge, rank, tasks, bias, safety or card.");
    }
}
