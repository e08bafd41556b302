package dev.parley.cli.assistant;

import dev.parley.assist.Assistant;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.Responder;
import dev.parley.cli.Output;
import dev.parley.generate.engine.InferenceEngine.Limits;
import java.io.IOException;
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
    private OpeningOptions opening;

    /** An assistant with the model that answers, if one does. */
    record Asked(OpenAssistant assistant, Optional<Responder> responder, Closing closing) implements AutoCloseable {

        @Override
        public void close() {
            closing.close();
        }
    }

    Assistant read() throws IOException {
        return opening.find(name);
    }

    /** Opens it, and loads its model. @param consent to calls of tools */
    Asked open(Consent consent, Output output) throws IOException {
        var closing = new Closing();
        try {
            var assistant = opening.find(name, closing, output);
            var chosen = noModel ? Optional.<String>empty()
                    : Optional.of(
                            OpeningOptions.model(Optional.ofNullable(model), assistant, ", or let its documents answer with --no-model"));
            var open = opening.open(assistant, consent, closing, output);
            var responder = chosen.isEmpty() ? Optional.<Responder>empty()
                    : Optional.<Responder>of(opening.responder(chosen.get(), Limits.DEFAULT, closing, output));
            return new Asked(open, responder, closing);
        } catch (IOException | RuntimeException | Error e) {
            closing.close();
            throw e;
        }
    }
}
