package dev.parley.cli.assistant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.check.AssistantCheck;
import dev.parley.assist.check.CheckReport;
import dev.parley.assist.check.FormQuestion;
import dev.parley.assist.check.TestQuestion;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assistant check}: the test set. */
@Command(name = "check", description = "Ask an assistant the questions of its test set, and print how many went well, with 95 %% intervals "
        + "(Wilson). Without a model, retrieval and guardrails are measured.",
        footer = {"", "Examples:", "  ./parley assistant check customer-service --no-model",
            "  ./parley assistant check customer-service --model my-model --limit 20 --misses"})
final class CheckCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private AssistantOptions options;

    @Option(names = "--questions", paramLabel = "FILE",
            description = "The test set. Default: test/questions.jsonl beside the assistant's file. With a model, forms.jsonl beside it is "
                    + "asked as well.")
    private Path questions;

    @Option(names = "--set", paramLabel = "NAME", defaultValue = "test",
            description = "Which questions: test, or dev, on which an assistant may be tuned. Default: ${DEFAULT-VALUE}.")
    private String set;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "0",
            description = "At most so many questions of each kind and language. Default: all.")
    private int limit;

    @Option(names = "--misses", description = "List the questions that went wrong.")
    private boolean misses;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    CheckCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var file = questions != null ? questions : options.read().file().resolveSibling("test").resolve("questions.jsonl");
        var chosen = chosen(TestQuestion.read(file));
        if (chosen.isEmpty()) throw new IllegalArgumentException(file + " has no question of the set " + set + ".");
        try (var asked = options.open((source, tool, arguments) -> false, output)) {
            var forms = limited(FormQuestion.read(file.resolveSibling("forms.jsonl")));
            var report = new AssistantCheck(asked.assistant(), asked.responder()).run(chosen, forms, this::done);
            if (json) printJson(report);
            else print(report);
        }
        return Parley.DONE;
    }

    private List<TestQuestion> chosen(List<TestQuestion> all) {
        var counts = new HashMap<String, Integer>();
        var chosen = new ArrayList<TestQuestion>();
        for (var question : all) {
            if (!question.set().equals(set)) continue;
            if (counts.merge(question.kind() + question.language(), 1, Integer::sum) > limit && limit > 0) continue;
            chosen.add(question);
        }
        return chosen;
    }

    private List<FormQuestion> limited(List<FormQuestion> all) {
        var counts = new HashMap<String, Integer>();
        return all.stream().filter(form -> limit == 0 || counts.merge(form.form() + form.language(), 1, Integer::sum) <= limit).toList();
    }

    private void done(int questions) {
        if (questions % 100 == 0) output.note(questions + " questions asked");
    }

    private void print(CheckReport report) {
        output.line(report.assistant() + ", " + report.questions() + " questions, "
                + report.model().map(model -> "answered by " + model).orElse("without a model")
                + String.format(Locale.ROOT, ", %.1f s", report.seconds()));
        output.line(String.format("%-18s %-4s %8s   %-18s %s", "", "", "", "95 % interval", "cases"));
        for (var row : report.rows()) {
            var p = row.proportion();
            output.line(
                    String.format(Locale.ROOT, "%-18s %-4s %6.1f %%   %5.1f to %5.1f     %d of %d", row.measure().label(), row.language(),
                            100 * p.value(), 100 * p.low(), 100 * p.high(), p.hits(), p.n()));
        }
        if (misses)
            report.misses().forEach(miss -> output.line("\n" + miss.measure().label() + ", " + miss.language() + ": " + miss.question()
                    + "\n    " + miss.got()));
    }

    private void printJson(CheckReport report) {
        var result = JsonNodeFactory.instance.objectNode().put("assistant", report.assistant()).put("set", set)
                .put("questions", report.questions()).put("seconds", Math.round(report.seconds() * 1e3) / 1e3);
        report.model().ifPresent(model -> result.put("model", model));
        var rows = result.putArray("rows");
        for (var row : report.rows()) {
            var p = row.proportion();
            rows.addObject().put("measure", row.measure().key()).put("language", row.language()).put("value", p.value()).put("low", p.low())
                    .put("high", p.high()).put("hits", p.hits()).put("n", p.n());
        }
        var list = result.putArray("misses");
        for (var miss : report.misses()) {
            list.addObject().put("measure", miss.measure().key()).put("language", miss.language()).put("question", miss.question())
                    .put("got", miss.got());
        }
        output.json(result);
    }
}
