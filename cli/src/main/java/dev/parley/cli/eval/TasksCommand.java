package dev.parley.cli.eval;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.eval.harness.TaskIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code eval tasks}: the names that task files have. */
@Command(name = "tasks", description = "List the tasks, groups and tags of folders of task files.",
        footer = {"", "Example:", "  ./parley eval tasks --include-path lm_eval/tasks"})
final class TasksCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = {"--include-path", "--include_path"}, required = true, paramLabel = "DIR",
            description = "A folder of task files; may be given several times.")
    private List<Path> folders;

    @Option(names = "--json", description = "Print one JSON object for each name.")
    private boolean json;

    TasksCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var index = TaskIndex.of(folders);
        for (var name : index.names()) {
            var type = index.outputType(name).orElse("group");
            if (json) output.json(Map.of("name", name, "type", type));
            else output.line(name + "  " + type);
        }
        return Parley.DONE;
    }
}
