package dev.parley.cli;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley chat}: a conversation in the terminal. */
@Command(name = "chat", description = "Talks with a chat model in the terminal.",
        footer = {"", "Example:", "  ./parley chat my-model", "Ctrl-C stops an answer, Ctrl-D ends the program; /help lists what else there is."})
final class ChatCommand implements Callable<Integer> {

    private static final String HELP = """
            /help           this list
            /clear          begin a new conversation
            /system TEXT    begin a new conversation with this instruction; /system alone takes it away
            /exit           end; Ctrl-D does so too
            A line that ends with \\ goes on in the next. Ctrl-C stops an answer.""";

    private final Output output;

    @Parameters(paramLabel = "MODEL", description = "A model folder with a chat template, or such a model of the hub: org/name or org/name@revision.")
    String name;

    @Option(names = "--system", paramLabel = "TEXT", defaultValue = "", description = "An instruction that begins the conversation.")
    String system;

    @Mixin
    EngineOptions engine;

    @Mixin
    SamplingOptions sampling;

    private final List<Message> conversation = new ArrayList<>();

    ChatCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var folder = Downloads.model(name, output);
        var reading = Meanwhile.start(() -> EngineOptions.requireTokenizer(folder));
        try (var model = engine.load(folder); var draft = sampling.draft(engine, output); var terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
            var tokenizer = reading.result();
            var template = tokenizer.chatTemplate().orElseThrow(() -> new IllegalArgumentException(name
                    + " has no chat template, so that it does not know turns; use ./parley generate, or fine-tune it on chats first."));
            var config = EngineOptions.withEnds(sampling.config(GenerationConfig.read(folder)), model, Optional.of(tokenizer));
            var generator = draft.with(new Generator(model, tokenizer));
            var reader = reader(terminal);
            clear();
            terminal.writer().println("Chatting with " + name + ". /help lists commands, Ctrl-D ends.");
            for (var line = read(reader); line != null; line = read(reader)) {
                if (line.isBlank()) continue;
                if (line.startsWith("/")) {
                    if (line.strip().equals("/exit") || line.strip().equals("/quit")) break;
                    terminal.writer().println(command(line.strip()));
                } else {
                    answer(line.strip(), generator, tokenizer, template, config, terminal, model.config().maxPositionEmbeddings());
                }
                terminal.flush();
            }
        }
        return Parley.DONE;
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

    private String command(String line) {
        if (line.equals("/help")) return HELP;
        if (line.equals("/clear")) {
            clear();
            return "A new conversation.";
        }
        if (line.equals("/system") || line.startsWith("/system ")) {
            system = line.substring("/system".length()).strip();
            clear();
            return system.isEmpty() ? "A new conversation without an instruction." : "A new conversation with your instruction.";
        }
        return "There is no command " + line.split(" ")[0] + "; /help lists them.";
    }

    private void clear() {
        conversation.clear();
        if (!system.isBlank()) conversation.add(Message.system(system));
    }

    private void answer(String question, Generator generator, Tokenizer tokenizer, ChatTemplate template, GenerationConfig config,
            Terminal terminal, int context) {
        conversation.add(Message.user(question));
        var prompt = fit(tokenizer, template, config, context, terminal);
        if (prompt.length == 0) return;
        var stopped = new AtomicBoolean();
        var before = terminal.handle(Terminal.Signal.INT, signal -> stopped.set(true));
        try {
            var completion = generator.stream(prompt, config, piece -> {
                terminal.writer().print(piece);
                terminal.flush();
            }, stopped::get);
            terminal.writer().println(stopped.get() ? " [stopped]" : "");
            conversation.add(Message.assistant(completion.text()));
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    /** The conversation as tokens; where it leaves too little room for an answer, its oldest turns are left out, aloud. */
    private int[] fit(Tokenizer tokenizer, ChatTemplate template, GenerationConfig config, int context, Terminal terminal) {
        var room = Math.max(16, Math.min(context / 4, config.maxNewTokens() > 0 ? config.maxNewTokens() : context));
        var first = system.isBlank() ? 0 : 1;
        var forgot = 0;
        while (true) {
            var ids = template.encode(tokenizer, conversation, true).ids();
            if (ids.length + room <= context) {
                if (forgot > 0) terminal.writer().println("(The context of " + context + " tokens is full: the first " + forgot + " turns were left out.)");
                return ids;
            }
            if (conversation.size() - first <= 1) {
                terminal.writer().println("That is too long: " + ids.length + " tokens, and the model's context holds " + context + ".");
                conversation.removeLast();
                return new int[0];
            }
            conversation.remove(first);
            forgot++;
        }
    }
}
