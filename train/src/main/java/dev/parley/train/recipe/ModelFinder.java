package dev.parley.train.recipe;

import dev.parley.hub.Hub;
import dev.parley.hub.HubListener;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.function.BiFunction;

/**
 * Finds models and tokenizers by the name that a recipe or a user gives: on this machine, or else at the Hugging Face hub.
 *
 * <pre>{@code
 * var tokenizer = ModelFinder.silent().tokenizer("Qwen/Qwen3-0.6B");
 * }</pre>
 */
@FunctionalInterface
public interface ModelFinder {

    /**
     * Asks the hub.
     *
     * @param name of the model
     * @param download to its folder here
     */
    Path fetch(String name, BiFunction<Hub, HubListener, Path> download);

    /** The folder of a model. */
    default Path model(String nameOrPath) {
        return Hub.local(nameOrPath).orElseGet(() -> fetch(nameOrPath, (hub, listener) -> hub.folder(nameOrPath, listener)));
    }

    /** A tokenizer: a folder, a file, a model of the hub, or gpt2, which needs no network. */
    default Tokenizer tokenizer(String nameOrPath) {
        if (nameOrPath.equals("gpt2") || Hub.local(nameOrPath).isPresent()) return Tokenizer.fromPretrained(nameOrPath);
        return Tokenizer.load(fetch(nameOrPath, (hub, listener) -> hub.tokenizerFolder(nameOrPath, listener)));
    }

    /** One that downloads without a word. */
    static ModelFinder silent() {
        return (name, download) -> download.apply(Hub.standard(), HubListener.SILENT);
    }
}
