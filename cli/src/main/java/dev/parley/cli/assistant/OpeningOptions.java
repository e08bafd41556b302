package dev.parley.cli.assistant;

import dev.parley.assist.Assistant;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.turn.ChatModelResponder;
import dev.parley.assist.turn.DecisionLog;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.ModerationOptions;
import dev.parley.cli.Output;
import dev.parley.cli.knowledge.EmbedderOption;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** The options that say how an assistant and its model are opened. */
final class OpeningOptions {

    @Mixin
    private HomeOption home;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private EmbedderOption embedder;

    @Mixin
    private ModerationOptions moderation;

    /** The assistant of a name or a file. */
    Assistant find(String name) throws IOException {
        return home.assistants().find(name);
    }

    /** The same, whose guardrails ask the guard model, if one is named. */
    Assistant find(String name, Closing closing, Output output) throws IOException {
        return home.assistants(closing.later(moderation.open(engine, output)).moderator()).find(name);
    }

    /** How the model is run. */
    EngineOptions engine() {
        return engine;
    }

    /** Opens an assistant, and brings its index up to date. @param consent to calls of tools */
    OpenAssistant open(Assistant assistant, Consent consent, Closing closing, Output output) {
        var index = home.assistants().indexFolder(assistant);
        var vectors = closing.later(assistant.knowledge().isEmpty() ? Embedder.NONE : embedder.toIndex(index, output));
        var open = closing.later(OpenAssistant.open(assistant, new OpenAssistant.Setup(index, vectors, List.of(), consent,
                DecisionLog.in(home.assistants().decisionsFile()), IndexProgress.NONE)));
        open.indexed().ifPresent(report -> report.faults().forEach(fault -> output.note(fault.sentence())));
        return open;
    }

    /** The model that an assistant asks: the one that was given, else the one that its file names. */
    static String model(Optional<String> given, Assistant assistant, String elseWhat) {
        return given.or(assistant::model).orElseThrow(() -> new IllegalArgumentException("The assistant " + assistant.name()
                + " names no model; give one with --model, such as a folder that ./parley quickstart made" + elseWhat + "."));
    }

    /** Loads a chat model. */
    ChatModelResponder responder(String chosen, Limits limits, Closing closing, Output output) throws IOException {
        var folder = Downloads.model(chosen, output);
        var loaded = closing.later(engine.load(folder));
        var tokenizer = EngineOptions.requireTokenizer(folder);
        var template = tokenizer.chatTemplate().orElseThrow(
                () -> new IllegalArgumentException(chosen + " has no chat template, so that it does not know turns; name a chat model."));
        var recommended = EngineOptions.withEnds(GenerationConfig.read(folder), loaded, Optional.of(tokenizer));
        var name = Path.of(chosen).getFileName().toString();
        return closing.later(new ChatModelResponder(name, loaded, tokenizer, template, recommended, limits));
    }
}
