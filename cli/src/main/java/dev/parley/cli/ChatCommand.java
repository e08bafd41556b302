package dev.parley.cli;

import dev.parley.generate.config.GenerationConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley chat}: a conversation in the terminal. */
@Command(name = "chat", description = "Talks with a chat model in the terminal.",
        footer = {"", "Example:", "  ./parley chat my-model",
            "Ctrl-C stops an answer, Ctrl-D ends the program; /help lists what else there is."})
final class ChatCommand implements Callable<Integer> {

    /** Of what a model thinks. */
    private static final AttributedStyle GREY = AttributedStyle.DEFAULT.foreground(AttributedStyle.BRIGHT + AttributedStyle.BLACK);

    private static final String HELP = """
            /help           this list
            /clear          begin a new conversation
            /system TEXT    begin a new conversation with this instruction; /system alone takes it away
            /exit           end; Ctrl-D does so too
            A line that ends with \\ goes on in the next. Ctrl-C stops an answer.""";

    private final Output output;

    @Parameters(paramLabel = "MODEL",
            description = "A model with a chat template: a folder, a .gguf file, or a model of the hub, org/name, org/name:QUANT or "
                    + "org/name@revision.")
    String name;

    @Option(names = "--system", paramLabel = "TEXT", defaultValue = "", description = "An instruction that begins the conversation.")
    String system;

    @Mixin
    AdapterOption adapter;

    @Mixin
    EngineOptions engine;

    @Mixin
    SamplingOptions sampling = SamplingOptions.ofOneAnswer();

    ChatCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var folder = Downloads.model(name, output);
        var reading = Background.start(() -> EngineOptions.requireTokenizer(folder));
        try (var model = engine.load(folder); var draft = sampling.draft(engine, output);
                var terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
            var tokenizer = reading.result();
            var template = tokenizer.chatTemplate().orElseThrow(() -> new IllegalArgumentException(name
                    + " has no chat template, so that it does not know turns; use ./parley generate, or fine-tune it on chats first."));
            var config = EngineOptions.withEnds(sampling.config(GenerationConfig.read(folder)), model, Optional.of(tokenizer));
            try (var chat = new TerminalChat(model, adapter.load(model), tokenizer, template, draft.model(), config)) {
                talk(chat, terminal);
            }
        }
        return Parley.DONE;
    }

    private void talk(TerminalChat chat, Terminal terminal) {
        var reader = reader(terminal);
        chat.begin(system);
        terminal.writer().println("Chatting with " + name + ". /help lists commands, Ctrl-D ends.");
        for (var line = read(reader); line != null; line = read(reader)) {
            if (line.isBlank()) continue;
            if (line.startsWith("/")) {
                if (line.strip().equals("/exit") || line.strip().equals("/quit")) break;
                terminal.writer().println(command(line.strip(), chat));
            } else {
                answer(line.strip(), chat, terminal);
            }
            terminal.flush();
        }
    }

    private static LineReader reader(Terminal terminal) {
        var parser = new DefaultParser();
        parser.setEofOnEscapedNewLine(true); // a line that ends with \ goes on
        parser.setQuoteChars(new char[0]);
        parser.setEscapeChars(new char[] {'\\'});
        return LineReaderBuilder.builder().terminal(terminal).parser(parser).option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "... ")
                .variable(LineReader.HISTORY_FILE, Path.of(System.getProperty("user.home"), ".parley_history")).build();
    }

    /** The next line, or null at the end. Ctrl-C at the prompt drops what was typed. */
    private static String read(LineReader reader) {
        while (true) {
            try {
                return reader.readLine("> ").replace("\\\n", "\n");
            } catch (UserInterruptException e) {
                continue;
            } catch (EndOfFileException e) {
                return null;
            }
        }
    }

    private String command(String line, TerminalChat chat) {
        if (line.equals("/help")) return HELP;
        if (line.equals("/clear")) {
            chat.begin(system);
            return "A new conversation.";
        }
        if (line.equals("/system") || line.startsWith("/system ")) {
            system = line.substring("/system".length()).strip();
            chat.begin(system);
            return system.isEmpty() ? "A new conversation without an instruction." : "A new conversation with your instruction.";
        }
        return "There is no command " + line.split(" ")[0] + "; /help lists them.";
    }

    private static void answer(String question, TerminalChat chat, Terminal terminal) {
        var asked = chat.ask(question);
        if (!asked.hasRoom()) {
            terminal.writer()
                    .println("That is too long: " + asked.ids().length + " tokens, and the model's context holds " + chat.context() + ".");
            return;
        }
        if (asked.forgottenTurns() > 0) {
            terminal.writer().println("(The context of " + chat.context() + " tokens is full: the first " + asked.forgottenTurns()
                    + " turns were left out.)");
        }
        var stopped = new AtomicBoolean();
        var before = terminal.handle(Terminal.Signal.INT, signal -> {
            stopped.set(true);
            chat.stop();
        });
        try {
            var thinking = new AtomicBoolean();
            chat.answer(asked, thought -> {
                if (!thinking.getAndSet(true) && terminal.getType().startsWith(Terminal.TYPE_DUMB)) terminal.writer().print("(Thinking: ");
                terminal.writer().print(new AttributedString(thought, GREY).toAnsi(terminal));
                terminal.flush();
            }, piece -> {
                if (thinking.getAndSet(false)) terminal.writer().println(terminal.getType().startsWith(Terminal.TYPE_DUMB) ? ")" : "\n");
                terminal.writer().print(piece);
                terminal.flush();
            });
            terminal.writer().println(stopped.get() ? " [stopped]" : "");
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }
}
