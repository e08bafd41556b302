package dev.parley.cli.assistant;

import dev.parley.assist.turn.TurnEvent;
import dev.parley.assist.turn.TurnJson;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assistant run}: one question. */
@Command(name = "run", description = "Ask an assistant one question. Calls of tools that its file does not allow are not made.",
        footer = {"", "Examples:", "  ./parley assistant run customer-service \"How long may I return an item?\" --model my-model",
            "  ./parley assistant run my-assistant.yaml \"Make a quiz about fractions\" --form quiz --json"})
final class RunCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private AssistantOptions options;

    @Parameters(index = "1", paramLabel = "QUESTION", description = "The question, in one of the assistant's languages.")
    private String question;

    @Option(names = "--form", paramLabel = "NAME", description = "The form of the answer, one of those that the assistant's file has.")
    private String form;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    RunCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        try (var asked = options.open((source, tool, arguments) -> false, output)) {
            var assistant = asked.assistant().assistant();
            var request = new TurnRequest(List.of(), question, Optional.ofNullable(form).map(assistant::form), List.of());
            TurnEvent.Listener listener = json ? event -> {} : new TurnPrinter(output::stream, output::note);
            var result = asked.assistant().ask(asked.responder(), request, listener);
            if (json) output.json(TurnJson.of(assistant.name(), result));
        }
        return Parley.DONE;
    }
}
