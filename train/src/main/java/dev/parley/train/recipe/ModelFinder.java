package dev.parley.train.recipe;

import dev.parley.hub.Hub;
import dev.parley.hub.HubListener;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;

/** Where a recipe finds the models and tokenizers that it names. */
public interface ModelFinder {

    /** The folder of a model. */
    Path model(String nameOrPath);

    /** A tokenizer: a folder, a file, or gpt2. */
    Tokenizer tokenizer(String nameOrPath);

    /** On this machine, or else at the Hugging Face hub, in silence. */
    static ModelFinder hub() {
        return new ModelFinder() {
            @Override
            public Path model(String nameOrPath) {
                return Hub.local(nameOrPath).orElseGet(() -> Hub.standard().folder(nameOrPath, HubListener.SILENT));
            }

            @Override
            public Tokenizer tokenizer(String nameOrPath) {
                if (nameOrPath.equals("gpt2") || Hub.local(nameOrPath).isPresent()) return Tokenizer.fromPretrained(nameOrPath);
                return Tokenizer.load(Hub.standard().tokenizerFolder(nameOrPath, HubListener.SILENT));
            }
        };
    }
}
