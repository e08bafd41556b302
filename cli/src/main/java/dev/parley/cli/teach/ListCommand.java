package dev.parley.cli.teach;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.lessons.Lesson;
import dev.parley.serve.lessons.Lessons;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teach list}. */
@Command(name = "list", description = "Lists the lessons, the newest first.",
        footer = {"", "Example:", "  ./parley teach list --data my-data"})
final class ListCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private DataOptions data;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    ListCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var lessons = Lessons.in(data.folder());
        lessons.failLeft(TeachCommand.ENDED);
        var all = lessons.list();
        lessons.faults().forEach(output::note);
        if (json) {
            var object = JsonNodeFactory.instance.objectNode();
            var array = object.putArray("lessons");
            all.forEach(lesson -> array.add(lesson.json()));
            output.json(object);
        } else if (all.isEmpty()) {
            output.note("There are no lessons; ./parley teach MODEL makes one.");
        } else {
            write(all);
        }
        return Parley.DONE;
    }

    private void write(List<Lesson> all) {
        var names = Math.max(5, all.stream().mapToInt(lesson -> lesson.model().length()).max().orElseThrow());
        var users = Math.max(8, all.stream().mapToInt(lesson -> lesson.audience().length()).max().orElseThrow());
        var format = "%4s  %-" + names + "s  %-" + users + "s  %-9s  %-20s  %s";
        output.line(String.format(Locale.ROOT, format, "ID", "MODEL", "AUDIENCE", "STATE", "MADE", "FEEDBACK"));
        for (var lesson : all) {
            var counts = lesson.feedback();
            output.line(String.format(Locale.ROOT, format, lesson.id(), lesson.model(), lesson.audience(), lesson.state().label(),
                    lesson.created().toString().replaceAll("[.][0-9]+", ""),
                    counts.edits() + " corrected, " + counts.pairs() + " choices, " + (counts.thumbsUp() + counts.thumbsDown())
                            + " thumbs"));
        }
    }
}
