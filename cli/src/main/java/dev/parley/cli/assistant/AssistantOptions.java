package dev.parley.cli.assistant;

import dev.parley.assist.Assistant;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.turn.ChatModelResponder;
import dev.parley.assist.turn.DecisionLog;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.Responder;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.ModerationOptions;
import dev.parley.cli.Output;
import dev.parley.cli.knowledge.EmbedderOption;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that say which assistant is asked, and which model answers. */
final class AssistantOptions {

    @Parameters(index = "0", paramLabel = "NAME|FILE",
            description = "An assistant that comes with Parley, its YAML file, or the file's folder.")
    private String name;

    @Option(names = "--model", paramLabel = "DIR|ORG/NAME",
            description = "The chat model that answers: a folder, or a model of the hub. Default: the one that the assistant's file names.")
    private String model;

    @Option(names = "--no-model", description = "Ask no model: the best passage of the assistant's documents is the answer.")
    private boolean noModel;

    @Mixin
    private HomeOption home;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private EmbedderOption embedder;

    @Mixin
    private ModerationOptions moderation;

    /** An assistant with the model that answers, if one does. */
    record Asked(OpenAssistant assistant, Optional<Responder> responder, Closing closing) implements AutoCloseable {

        @Override
        public void close() {
            closing.close();
        }
    }

    Assistant read() throws IOException {
        return home.assistants().find(name);
    }

    /** Opens it, and loads its model. @param consent to calls of tools */
    Asked open(Consent consent, Output output) throws IOException {
        var closing = new Closing();
        try {
            return open(closing, consent, output);
        } catch (IOException | RuntimeException | Error e) {
            closing.close();
            throw e;
        }
    }

    private Asked open(Closing closing, Consent consent, Output output) throws IOException {
        var guardModel = closing.later(moderation.open(engine, output)).moderator();
        var assistant = home.assistants(guardModel).find(name);
        var chosen = noModel ? Optional.<String>empty() : Optional.ofNullable(model).or(assistant::model);
        if (chosen.isEmpty() && !noModel) {
            throw new IllegalArgumentException(
                    "The assistant " + assistant.name() + " names no model; give one with --model, such as a folder "
                            + "that ./parley quickstart made, or let its documents answer with --no-model.");
        }
        var index = home.assistants().indexFolder(assistant);
        var vectors = closing.later(assistant.knowledge().isEmpty() ? Embedder.NONE : embedder.toIndex(index, output));
        var open = closing.later(OpenAssistant.open(assistant, new OpenAssistant.Setup(index, vectors, List.of(), consent,
                DecisionLog.in(home.assistants().decisionsFile()), IndexProgress.NONE)));
        open.indexed().ifPresent(report -> report.faults().forEach(fault -> output.note(fault.source() + ": " + fault.sentence())));
        return new Asked(open, chosen.isEmpty() ? Optional.empty() : Optional.of(responder(chosen.get(), closing, output)), closing);
    }

    private Responder responder(String chosen, Closing closing, Output output) throws IOException {
        var folder = Downloads.model(chosen, output);
        var loaded = closing.later(engine.load(folder));
        var tokenizer = EngineOptions.requireTokenizer(folder);
        var template = tokenizer.chatTemplate().orElseThrow(
                () -> new IllegalArgumentException(chosen + " has no chat template, so that it does not know turns; name a chat model."));
        var recommended = EngineOptions.withEnds(GenerationConfig.read(folder), loaded, Optional.of(tokenizer));
        return closing.later(new ChatModelResponder(Path.of(chosen).getFileName().toString(), loaded, tokenizer, template, recommended));
    }

    /** What is to be closed at the end, the last opened first. */
    private static final class Closing implements AutoCloseable {

        private final Deque<AutoCloseable> opened = new ArrayDeque<>();

        <T extends AutoCloseable> T later(T open) {
            opened.push(open);
            return open;
        }

        @Override
        public void close() {
            while (!opened.isEmpty()) {
                try {
                    opened.pop().close();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
