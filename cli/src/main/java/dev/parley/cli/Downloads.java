package dev.parley.cli;

import dev.parley.hub.Hub;
import dev.parley.hub.HubException;
import dev.parley.hub.HubListener;
import dev.parley.hub.Outline;
import dev.parley.kernels.machine.MachineMemory;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.recipe.ModelFinder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Models by the name that a user gives: a path of this machine, or a model of the hub, which is downloaded under a bar.
 * Ctrl-C keeps what has come.
 *
 * <pre>{@code
 * var folder = Downloads.model("HuggingFaceTB/SmolLM2-135M-Instruct", output);
 * }</pre>
 */
public final class Downloads implements HubListener, AutoCloseable {

    private final String name;
    private final Output output;
    private Progress progress; // null until something comes

    private Downloads(String name, Output output) {
        this.name = name;
        this.output = output;
    }

    /**
     * The folder of a model.
     *
     * @throws HubException if it is neither here nor at the hub
     */
    public static Path model(String nameOrPath, Output output) {
        return finder(output).model(nameOrPath);
    }

    /** What a model is called on a server: one of this machine as its folder is; one of the hub keeps its name. */
    public static String idOf(String nameOrPath, Path folder) {
        if (Hub.local(nameOrPath).isEmpty()) return nameOrPath;
        var name = folder.toAbsolutePath().normalize().getFileName().toString();
        return name.toLowerCase(Locale.ROOT).endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    }

    /**
     * A tokenizer; gpt2 needs no network.
     *
     * @throws HubException if it is neither here nor at the hub
     */
    public static Tokenizer tokenizer(String nameOrPath, Output output) {
        return finder(output).tokenizer(nameOrPath);
    }

    /** Both, for recipes. */
    public static ModelFinder finder(Output output) {
        return (name, download) -> watched(name, output, download);
    }

    /**
     * Anything that may download.
     *
     * @param name that stands before the bar
     * @throws Interrupted at Ctrl-C
     */
    public static <T> T watched(String name, Output output, BiFunction<Hub, HubListener, T> work) {
        var worker = Thread.currentThread();
        try (var interruption = InterruptHandler.stops(worker::interrupt,
                "Stopping: what has come is kept, and the same command goes on from there.", output);
                var listener = new Downloads(name, output)) {
            return work.apply(Hub.standard(), listener);
        } catch (HubException e) {
            if (e.reason() == HubException.Reason.INTERRUPTED) throw new Interrupted("Interrupted.");
            throw e;
        }
    }

    /** A model that would not run is refused before it comes, and of one that is too large for this machine it is told. */
    @Override
    public Optional<Consumer<Outline>> inspector() {
        return Optional.of(outline -> {
            var look = ModelLook.of(outline, EngineOptions.standard());
            look.fault().ifPresent(fault -> {
                throw new IllegalArgumentException(fault + " Nothing was downloaded.");
            });
            MachineMemory.shortage(look.bytes(0)).ifPresent(shortage -> note(outline.model() + " " + shortage
                    + " ./parley models info " + outline.model() + " tells more."));
        });
    }

    @Override
    public void at(long done, long total) {
        if (progress == null) progress = Progress.ofBytes(name, done, total, output);
        progress.at(done, "");
    }

    @Override
    public void note(String sentence) {
        if (progress == null) output.note(sentence);
        else progress.note(sentence);
    }

    @Override
    public void close() {
        if (progress != null) progress.close();
    }
}
