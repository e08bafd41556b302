package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Models by name: those on this machine by their path, those at the hub by {@code org/name[@revision]}, which are
 * downloaded at first use.
 *
 * <pre>{@code
 * var folder = Hub.resolve("HuggingFaceTB/SmolLM2-135M-Instruct");
 * try (var model = CausalLM.fromPretrained(folder)) { ... }
 * }</pre>
 *
 * Settings come from the environment, under huggingface_hub's names: HF_HOME and HF_HUB_CACHE say where models lie,
 * HF_ENDPOINT names a mirror, HF_TOKEN is for models that are private or gated, HF_HUB_OFFLINE=1 keeps to what is there.
 * A branch is looked up at each use; where the hub cannot be reached, what was downloaded before is used.
 */
public final class Hub {

    private final HubSettings settings;
    private final HubCache cache;

    /**
     * What a pull brought.
     *
     * @param path the snapshot's folder, or the one file that was asked for or that the model is in
     * @param downloadedBytes that came over the network; 0 where all was there
     */
    public record Pulled(HubModel model, String commit, Path path, long downloadedBytes) {}

    private Hub(HubSettings settings) {
        this.settings = settings;
        cache = new HubCache(settings.cache(), settings.copies());
    }

    /**
     * The hub as this process's environment has it.
     *
     * @throws HubException SETTING if that makes no sense
     */
    public static Hub standard() {
        return of(System.getenv());
    }

    /**
     * The hub as an environment has it.
     *
     * @throws HubException SETTING if that makes no sense
     */
    public static Hub of(Map<String, String> environment) {
        return new Hub(HubSettings.of(environment));
    }

    static Hub of(HubSettings settings) {
        return new Hub(settings);
    }

    /** As {@link #folder}, with this process's environment and nobody watching. */
    public static Path resolve(String nameOrPath) {
        return local(nameOrPath).orElseGet(() -> standard().folder(nameOrPath, HubListener.SILENT));
    }

    /**
     * The folder of a model: a path that is there, else the snapshot of a model at the hub, or its GGUF file where it is run from one.
     *
     * @param nameOrPath a folder or file of this machine; or {@code org/name}, {@code name}, each with {@code :QUANT} and with
     *     {@code @revision} or without
     * @throws HubException if it is neither, or cannot be had
     */
    public Path folder(String nameOrPath, HubListener listener) {
        return folder(nameOrPath, model -> new NeededFiles.Model(model.quantization()), listener);
    }

    /** As {@link #folder}, of a model at the hub only what its tokenizer is made of. */
    public Path tokenizerFolder(String nameOrPath, HubListener listener) {
        return folder(nameOrPath, model -> new NeededFiles.TokenizerOnly(), listener);
    }

    private Path folder(String nameOrPath, Function<HubModel, NeededFiles> needed, HubListener listener) {
        var local = local(nameOrPath);
        if (local.isPresent()) return local.get();
        var model = HubModel.find(nameOrPath).orElseThrow(() -> new HubException(Reason.NO_NAME, "There is no folder " + nameOrPath
                + ", and as a model of the hub it would be org/name, org/name@revision or org/name:QUANT."));
        try {
            return pull(model, needed.apply(model), listener).path();
        } catch (HubException e) {
            // It may have been meant as a path; but not where the hub knows the name.
            if (e.reason() != Reason.NO_MODEL && e.reason() != Reason.UNREACHABLE && e.reason() != Reason.OFFLINE) throw e;
            throw new HubException(e.reason(),
                    "There is no folder " + nameOrPath + " here, and from the hub it cannot be had: " + e.getMessage(), e);
        }
    }

    /** A path of this machine, if something is there. */
    public static Optional<Path> local(String nameOrPath) {
        try {
            return nameOrPath.isBlank() ? Optional.empty() : Optional.of(Path.of(nameOrPath)).filter(Files::exists);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Where downloaded models lie. */
    public HubCache cache() {
        return cache;
    }

    // ---- before a download ----

    /**
     * Looks at a model without downloading it: requests of a few megabytes, whatever its size. Where it is here, it is looked at here.
     *
     * @return what can be seen; the caller closes it
     * @throws HubException if there is no such model, or it has no files that a model is made of
     */
    public Outline outline(HubModel model, HubListener listener) {
        var needed = new NeededFiles.Model(model.quantization());
        var folder = cache.folder(model);
        var here = folder.commit(model).map(folder::snapshot).filter(needed::areIn);
        if (settings.offline()) return here.map(snapshot -> outline(model, Optional.empty(), needed, snapshot))
                .orElseThrow(() -> new HubException(Reason.OFFLINE, model + " is not, or not wholly, in the cache " + settings.cache()
                        + ", and HF_HUB_OFFLINE forbids to ask the hub for it; unset it."));
        try (var client = new HubClient(settings)) {
            var retries = new Retries(settings.pace(), listener);
            var card = fewTries(here.isPresent(), listener).of("The hub at " + settings.endpoint() + " cannot be asked for " + model,
                    () -> client.card(model, true));
            var snapshot = folder.snapshot(card.requireCommit(model));
            return needed.areIn(snapshot) ? outline(model, Optional.of(card), needed, snapshot)
                    : new OutlineReader(model, card, client, retries).read(needed, snapshot);
        } catch (HubException e) {
            if (e.reason() != Reason.UNREACHABLE || here.isEmpty()) throw e;
            listener.note("The hub at " + settings.endpoint() + " cannot be reached; " + model + " is looked at as it was downloaded.");
            return outline(model, Optional.empty(), needed, here.get());
        }
    }

    private static Outline outline(HubModel model, Optional<ModelListing> card, NeededFiles needed, Path snapshot) {
        return new Outline(model, card, Optional.of(path(needed, snapshot)), Optional.empty(), List.of(), 0, Optional.empty());
    }

    /**
     * Searches the hub for models, those that are downloaded most first.
     *
     * @param words of their names
     * @param most results
     * @param wanted which to take; the hub is asked for more until there are enough, or it has no more
     */
    public List<ModelListing> search(String words, int most, Predicate<ModelListing> wanted, HubListener listener) {
        if (settings.offline())
            throw new HubException(Reason.OFFLINE, "HF_HUB_OFFLINE forbids to ask the hub; unset it to search there.");
        try (var client = new HubClient(settings)) {
            return new HubSearch(client, fewTries(false, listener), settings.endpoint()).of(words, most, wanted);
        }
    }

    /** Nothing is lost yet: who has no network, or meant a path, should hear it soon; with a copy at hand, at once. */
    private Retries fewTries(boolean hasCopy, HubListener listener) {
        var pace = settings.pace();
        return new Retries(new HubSettings.Pace(hasCopy ? 1 : Math.min(3, pace.tries()), pace.first(), pace.longest()), listener);
    }

    // ---- pulling ----

    /**
     * Downloads what a model is made of, as far as it is not there.
     *
     * @throws HubException if it cannot be had
     */
    public Pulled pull(HubModel model, HubListener listener) {
        return pull(model, new NeededFiles.Model(model.quantization()), listener);
    }

    /**
     * Downloads one file of a model.
     *
     * @param file its path in the model, such as a GGUF's name
     * @throws HubException if it cannot be had
     */
    public Pulled pullFile(HubModel model, String file, HubListener listener) {
        var pulled = pull(model, new NeededFiles.One(file), listener);
        return new Pulled(model, pulled.commit(), pulled.path().resolve(file), pulled.downloadedBytes());
    }

    private Pulled pull(HubModel model, NeededFiles needed, HubListener listener) {
        var folder = cache.folder(model);
        var cached = folder.commit(model).filter(commit -> needed.areIn(folder.snapshot(commit)))
                .map(commit -> new Pulled(model, commit, path(needed, folder.snapshot(commit)), 0));
        if (settings.offline()) return cached
                .orElseThrow(() -> new HubException(Reason.OFFLINE, model + " is not, or not wholly, in the cache " + settings.cache()
                        + ", and HF_HUB_OFFLINE forbids to download it; unset it, or pull the model first."));
        // A commit never changes; but Python may have fetched it without its tokenizer.
        if (model.isCommit() && cached.isPresent()
                && (needed instanceof NeededFiles.One || needed.gguf(folder.snapshot(model.revision())).isPresent()
                        || new NeededFiles.TokenizerOnly().areIn(cached.get().path())))
            return cached.get();
        try (var client = new HubClient(settings)) {
            return pull(model, needed, folder, cached, client, listener);
        }
    }

    private Pulled pull(HubModel model, NeededFiles needed, HubCache.Folder folder, Optional<Pulled> cached, HubClient client,
            HubListener listener) {
        ModelListing answered;
        try {
            answered = fewTries(cached.isPresent(), listener).of("The hub at " + settings.endpoint() + " cannot be asked for " + model,
                    () -> client.card(model, listener.inspector().isPresent()));
        } catch (HubException e) {
            if (e.reason() != Reason.UNREACHABLE || cached.isEmpty()) throw e;
            listener.note("The hub at " + settings.endpoint() + " cannot be reached; what was downloaded of " + model + " before is used.");
            return cached.get();
        }
        var listing = answered;
        var commit = listing.requireCommit(model);
        if (needed instanceof NeededFiles.Model && !needed.areIn(folder.snapshot(commit)))
            listener.inspector().ifPresent(inspector -> {
                try (var outline = new OutlineReader(model, listing, client, new Retries(settings.pace(), listener)).read(needed,
                        folder.snapshot(commit))) {
                    inspector.accept(outline);
                }
            });
        var bytes = new Pull(model, commit, folder, client, new Retries(settings.pace(), listener), listener).run(needed, listing.names());
        writeRef(model, commit, folder, bytes);
        return new Pulled(model, commit, path(needed, folder.snapshot(commit)), bytes);
    }

    private static Path path(NeededFiles needed, Path snapshot) {
        return needed.gguf(snapshot).orElse(snapshot);
    }

    /** A cache that can only be read, as on a shared disk, still serves when nothing had to be fetched. */
    private static void writeRef(HubModel model, String commit, HubCache.Folder folder, long bytes) {
        try {
            folder.writeRef(model, commit);
        } catch (IOException e) {
            if (bytes > 0) throw new HubException(Reason.DISK, folder.refs() + " cannot be written (" + e.getMessage() + ").", e);
        }
    }
}
