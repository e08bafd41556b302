package dev.parley.cli.assistant;

import dev.parley.assist.Assistant;
import dev.parley.assist.OutputForm;
import dev.parley.assist.turn.Responder;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.tokenizer.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code assistant chat}: a conversation in the terminal. */
@Command(name = "chat", description = "Talk with an assistant in the terminal. Before a tool is called, you are asked.",
        footer = {"", "Example:", "  ./parley assistant chat customer-service --model my-model",
            "Ctrl-C stops an answer, Ctrl-D ends the program; /help lists what else there is."})
final class ChatCommand implements Callable<Integer> {

    private static final String HELP = """
            /help           this list
            /clear          begin a new conversation
            /form NAME      the next answer has this form
            /exit           end; Ctrl-D does so too
            A number asks the opening question of that number.""";

    private final Output output;
    private final List<Message> history = new ArrayList<>();
    private Optional<OutputForm> form = Optional.empty();

    @Mixin
    private AssistantOptions options;

    ChatCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        try (var terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
            var reader = LineReaderBuilder.builder().terminal(terminal).build();
            try (var asked = options.open((source, tool, arguments) -> consents(reader, source, tool, arguments.toString()), output)) {
                welcome(asked.assistant().assistant(), terminal);
                for (var line = read(reader); line.isPresent() && !line.get().equals("/exit"); line = read(reader)) {
                    take(line.get(), asked, terminal);
                }
            }
        }
        return Parley.DONE;
    }

    private static boolean consents(LineReader reader, String source, String tool, String arguments) {
        try {
            return reader.readLine("Call " + source + "/" + tool + " " + arguments + "? [y/N] ").strip().equalsIgnoreCase("y");
        } catch (UserInterruptException | EndOfFileException e) {
            return false;
        }
    }

    private static void welcome(Assistant assistant, Terminal terminal) {
        terminal.writer().println(assistant.title().in("en") + ". " + assistant.description().in("en"));
        var openings = openings(assistant);
        for (int i = 0; i < openings.size(); i++) terminal.writer().println("  " + (i + 1) + "  " + openings.get(i));
        terminal.writer().println("/help lists commands, Ctrl-D ends.");
    }

    private static List<String> openings(Assistant assistant) {
        return assistant.languages().stream().flatMap(l -> assistant.openingQuestions().getOrDefault(l, List.of()).stream()).distinct()
                .toList();
    }

    /** The next line that is not blank; empty at the end. Ctrl-C at the prompt drops what was typed. */
    private static Optional<String> read(LineReader reader) {
        while (true) {
            try {
                var line = reader.readLine("> ").strip();
                if (!line.isEmpty()) return Optional.of(line);
            } catch (UserInterruptException e) {
                continue;
            } catch (EndOfFileException e) {
                return Optional.empty();
            }
        }
    }

    private void take(String line, AssistantOptions.Asked asked, Terminal terminal) {
        var assistant = asked.assistant().assistant();
        switch (line.split(" ", 2)[0]) {
            case "/help" -> terminal.writer().println(HELP);
            case "/clear" -> {
                history.clear();
                terminal.writer().println("A new conversation.");
            }
            case "/form" -> {
                var name = line.substring("/form".length()).strip();
                form = Optional.ofNullable(assistant.forms().get(name));
                terminal.writer().println(form.isPresent() ? "The next answer will be a " + name + "."
                        : "There is no form " + name + "; there are: " + String.join(", ", assistant.forms().keySet()) + ".");
            }
            default -> {
                if (line.startsWith("/")) terminal.writer().println("There is no command " + line + "; /help lists them.");
                else answer(opening(line, assistant), asked, terminal);
            }
        }
    }

    private static String opening(String line, Assistant assistant) {
        var openings = openings(assistant);
        if (!line.matches("[1-9]") || Integer.parseInt(line) > openings.size()) return line;
        return openings.get(Integer.parseInt(line) - 1);
    }

    private void answer(String message, AssistantOptions.Asked asked, Terminal terminal) {
        var before = terminal.handle(Terminal.Signal.INT, signal -> asked.responder().ifPresent(Responder::stop));
        try {
            var printer = new TurnPrinter(piece -> {
                terminal.writer().print(piece);
                terminal.flush();
            }, note -> terminal.writer().println(note));
            var result = asked.assistant().ask(asked.responder(), new TurnRequest(history, message, form, List.of()), printer);
            history.add(Message.user(message));
            history.add(Message.assistant(result.answer()));
            form = Optional.empty();
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }
}
