package dev.parley.cli.assistant;

import dev.parley.assist.Assistant;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.turn.DecisionLog;
import dev.parley.assist.turn.EngineResponder;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.Responder;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.Output;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.model.CausalLM;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that say which assistant is asked, and which model answers. */
final class AssistantOptions {

    @Parameters(index = "0", paramLabel = "NAME|FILE", description = "An assistant that comes with Parley, its YAML file, or the file's folder.")
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

    /** An assistant with the model that answers, if one does. */
    record Asked(OpenAssistant assistant, Optional<Responder> responder, Runnable closing) implements AutoCloseable {

        @Override
        public void close() {
            closing.run();
        }
    }

    Assistant read() throws IOException {
        return home.assistants().find(name);
    }

    /** Opens it, and loads its model. @param consent to calls of tools */
    Asked open(Consent consent, Output output) throws IOException {
        var assistant = read();
        var chosen = noModel ? Optional.<String>empty() : Optional.ofNullable(model).or(assistant::model);
        if (chosen.isEmpty() && !noModel) {
            throw new IllegalArgumentException("The assistant " + assistant.name() + " names no model; give one with --model, such as a folder "
                    + "that ./parley quickstart made, or let its documents answer with --no-model.");
        }
        var open = OpenAssistant.open(assistant, setup(assistant, consent));
        try {
            open.indexed().ifPresent(report -> report.faults()
                    .forEach(fault -> output.note(fault.source() + ": " + fault.sentence())));
            if (chosen.isEmpty()) return new Asked(open, Optional.empty(), open::close);
            return withModel(open, chosen.get(), output);
        } catch (IOException | RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private OpenAssistant.Setup setup(Assistant assistant, Consent consent) {
        var place = assistant.file().toAbsolutePath().normalize().toString();
        var index = home.folder().resolve("index").resolve(assistant.name() + "-" + UUID.nameUUIDFromBytes(place.getBytes(
                StandardCharsets.UTF_8)).toString().substring(0, 8));
        return new OpenAssistant.Setup(index, Embedder.NONE, List.of(), List.of(), consent,
                DecisionLog.in(home.folder().resolve("decisions.jsonl")), IndexProgress.NONE);
    }

    private Asked withModel(OpenAssistant open, String chosen, Output output) throws IOException {
        var folder = Downloads.model(chosen, output);
        var loaded = engine.load(folder);
        try {
            var responder = responder(chosen, folder, loaded);
            return new Asked(open, Optional.of(responder), () -> {
                responder.close();
                loaded.close();
                open.close();
            });
        } catch (IOException | RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    private static EngineResponder responder(String chosen, Path folder, CausalLM loaded) throws IOException {
        var tokenizer = EngineOptions.requireTokenizer(folder);
        var template = tokenizer.chatTemplate().orElseThrow(
                () -> new IllegalArgumentException(chosen + " has no chat template, so that it does not know turns; name a chat model."));
        var recommended = EngineOptions.withEnds(GenerationConfig.read(folder), loaded, Optional.of(tokenizer));
        return new EngineResponder(Path.of(chosen).getFileName().toString(), loaded, tokenizer, template, recommended);
    }
}
