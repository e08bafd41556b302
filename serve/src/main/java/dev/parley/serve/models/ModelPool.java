package dev.parley.serve.models;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.hub.HubListener;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPlaces.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The models of a server. One that is asked for is loaded in the background; those that nobody uses leave, the longest unused
 * first, where the memory would not do.
 */
public final class ModelPool implements AutoCloseable {

    /** How long a request waits for a model that is being loaded before it is told to come back. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** In which state a model is. */
    public enum State {
        UNLOADED, LOADING, READY, FAILED
    }

    /**
     * What is known of a model.
     *
     * @param failure why it could not be loaded, if so
     * @param leavesAt when it leaves the memory if nobody uses it until then; empty where it stays until there is need
     */
    public record Info(ModelSource source, State state, Optional<ServedModel> model, Optional<String> failure,
            Optional<Instant> leavesAt) {}

    /** A model that stays in memory until this is closed. */
    public interface Lease extends AutoCloseable {

        /** The model's name in the API. */
        String id();

        /** The model, until this is closed. */
        ServedModel model();

        @Override
        void close();
    }

    private final ModelPlaces places;
    private final ModelLoader loader;
    private final long memoryBudget;
    private final Limits limits;
    private final Duration patience;
    private final Optional<ModelFetcher> fetcher;
    private final ReentrantLock fetching = new ReentrantLock();

    /**
     * @param sources the first answers where none is named
     * @param memoryBudget bytes of all loaded models and their caches together; one model is loaded even if it alone is larger
     * @param limits of each model's engine
     * @param patience how long a request waits for a model that is being loaded
     * @throws IllegalArgumentException if there is none, or two have the same name
     */
    public ModelPool(List<ModelSource> sources, long memoryBudget, Limits limits, Duration patience) {
        this(sources, memoryBudget, limits, patience, Optional.empty());
    }

    /**
     * The same, which clients may add models of the hub to.
     *
     * @param fetcher brings them; empty where no client may
     */
    public ModelPool(List<ModelSource> sources, long memoryBudget, Limits limits, Duration patience, Optional<ModelFetcher> fetcher) {
        this.memoryBudget = memoryBudget;
        this.limits = limits;
        this.patience = patience;
        this.fetcher = fetcher;
        places = new ModelPlaces(sources);
        loader = new ModelLoader(places, memoryBudget, limits, patience);
    }

    /** Whether clients may add models of the hub. */
    public boolean fetches() {
        return fetcher.isPresent();
    }

    /**
     * Downloads a model of the hub, as far as it is not here, and serves it from now on. It is loaded when somebody asks for it. One is
     * fetched at a time.
     *
     * @param listener is told how far it is
     * @throws dev.parley.hub.HubException if it cannot be had
     * @throws ApiError if clients may not do that
     */
    public void fetch(String name, HubListener listener) {
        var allowed = fetcher.orElseThrow(() -> ApiError.of(403, "no_pull",
                "Clients of this server may not fetch models; its operator can, or allow it with --allow-pull."));
        fetching.lock();
        try {
            var source = allowed.fetch(name, listener);
            places.change(() -> places.add(source));
        } finally {
            fetching.unlock();
        }
    }

    /** The model that answers where none is named. */
    public String defaultId() {
        return places.defaultId();
    }

    /** Begins to load a model in the background, if it is not there yet. */
    public void load(String name) {
        places.change(() -> loader.begin(places.find(Optional.of(name))));
    }

    /** All models, in the order in which they were named. */
    public List<Info> all() {
        return places.locked(() -> places.all().stream().map(ModelPool::info).toList());
    }

    /**
     * What is known of one.
     *
     * @param name or alias
     * @throws ApiError 404 if there is no such model
     */
    public Info info(String name) {
        return info(name, TaughtAdapters.NOBODY);
    }

    /** The same, where the name may be that of an adapter of a user's own. */
    public Info info(String name, String user) {
        return places.locked(() -> info(places.find(Optional.of(name), user)));
    }

    private static Info info(Place place) {
        return new Info(place.source, place.state, place.model, place.failure, place.leavesAt());
    }

    /**
     * Says how long a model that is in memory stays there while nobody uses it.
     *
     * @param name or alias
     * @param unused time after its last use; empty for as long as there is room, which is so where nobody says otherwise
     * @throws ApiError 404 if there is no such model
     */
    public void keep(String name, Optional<Duration> unused) {
        places.locked(() -> {
            var place = places.find(Optional.of(name));
            if (place.state != State.UNLOADED) place.unusedAtMost = unused;
            place.timer.ifPresent(Thread::interrupt);
            place.timer = Optional.empty();
            leaveInTime(place);
            return null;
        });
    }

    /** Under the lock. One timer is enough for a model, however often it is used meanwhile. */
    private void leaveInTime(Place place) {
        if (place.unusedAtMost.isEmpty() || !place.isIdle() || place.timer.isPresent()) return;
        place.timer = Optional.of(Thread.ofVirtual().name("parley-leave-" + place.source.id()).start(() -> letLeave(place)));
    }

    private void letLeave(Place place) {
        try {
            for (var left = left(place); left.isPresent(); left = left(place)) {
                if (left.get().isPositive()) Thread.sleep(left.get());
                else if (loader.leave(place)) return;
            }
        } catch (InterruptedException e) {
            // another time holds, and has its own timer
        }
    }

    /** Time until a model leaves; empty, and its timer's end, where it stays or somebody uses it, after whom there is another timer. */
    private Optional<Duration> left(Place place) {
        return places.locked(() -> {
            if (place.timer.filter(timer -> timer == Thread.currentThread()).isEmpty()) return Optional.empty();
            if (place.isIdle() && !places.isClosing())
                return place.unusedAtMost.map(time -> time.minusNanos(System.nanoTime() - place.lastUsed));
            place.timer = Optional.empty();
            return Optional.empty();
        });
    }

    /** Of each model's engine. */
    public Limits limits() {
        return limits;
    }

    /** Bytes of all loaded models and their caches together. */
    public long memoryBudget() {
        return memoryBudget;
    }

    /**
     * A model for use, loaded if need be, as the APIs ask for it: with the lesson that they answer with, if there is one.
     *
     * @param name or alias, and maybe that of an adapter behind a colon; empty for the default
     * @throws ApiError 404 if there is no such model, 503 while it is being loaded, or if it cannot be
     */
    public Lease lease(Optional<String> name) {
        var lease = hold(name, TaughtAdapters.NOBODY);
        var source = lease.place.source;
        return adapted(lease, behind(name, source).or(() -> source.adapters().taught().ofRequests().map(source::adaptedName)),
                TaughtAdapters.NOBODY);
    }

    /**
     * The same for a user, and what is named, no more and no less.
     *
     * @param user whose own adapters may be named too
     */
    public Lease lease(Optional<String> name, String user) {
        var lease = hold(name, user);
        return adapted(lease, behind(name, lease.place.source), user);
    }

    /**
     * The name under which a user's chat asks for a model that it names: with the lesson that is in use for that user, if there is one.
     *
     * @param name or alias, and maybe that of an adapter behind a colon; empty for the default
     * @throws ApiError 404 if there is no such model
     */
    public String taught(Optional<String> name, String user) {
        var source = places.locked(() -> places.find(name, user).source);
        return behind(name, source).or(() -> source.adapters().taught().current(user).map(source::adaptedName)).orElse(source.id());
    }

    /** A name that has an adapter's behind the model's. */
    private static Optional<String> behind(Optional<String> name, ModelSource source) {
        return name.filter(n -> !source.isCalled(n));
    }

    private Lease adapted(Held lease, Optional<String> name, String user) {
        if (name.isEmpty()) return lease;
        var folder = lease.place.source.adapterCalled(name.get(), user);
        try {
            lease.model = lease.model.adapted(name.get(), folder.orElseThrow(() -> places.none(name.get())));
            return lease;
        } catch (ApiError e) { // it has gone meanwhile
            lease.close();
            throw e;
        } catch (RuntimeException e) { // an adapter is read on the thread of the request: it takes less than a model by far
            lease.close();
            throw ApiError.of(503, "adapter_failed", "The adapter " + name.get() + " cannot be loaded: "
                    + String.valueOf(e.getMessage()).replace(folder.orElseThrow().toString(), "it"));
        }
    }

    private Held hold(Optional<String> name, String user) {
        var deadline = System.nanoTime() + patience.toNanos();
        try {
            return places.locked(() -> {
                var place = places.find(name, user);
                if (!place.isReady()) loader.begin(place);
                await(place, deadline);
                return new Held(place, place.model.orElseThrow());
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        }
    }

    /** A model that is wanted does not leave before those who wait for it have had it. */
    private void await(Place place, long deadline) throws InterruptedException {
        place.wanted++;
        try {
            while (place.state != State.READY) {
                if (places.isClosing()) throw stopping();
                if (place.state == State.FAILED)
                    throw ApiError.of(503, "model_failed", place.failure.orElse("The model cannot be loaded."));
                var left = deadline - System.nanoTime();
                if (left <= 0)
                    throw ApiError.of(503, "model_loading", "The model " + place.source.id() + " is loading; try again in a moment.");
                places.awaitChange(left);
            }
        } finally {
            places.change(() -> place.wanted--);
        }
    }

    private static ApiError stopping() {
        return ApiError.of(503, "stopping", "The server is shutting down.");
    }

    private final class Held implements Lease {

        private final Place place;
        private ServedModel model;
        private boolean open = true;

        /** Under the lock. */
        Held(Place place, ServedModel model) {
            this.place = place;
            this.model = model;
            place.leases++;
            place.lastUsed = System.nanoTime();
        }

        @Override
        public String id() {
            return model.id();
        }

        @Override
        public ServedModel model() {
            return model;
        }

        @Override
        public void close() {
            places.change(() -> {
                if (open) place.leases--;
                open = false;
                place.lastUsed = System.nanoTime();
                leaveInTime(place);
            });
        }
    }

    /**
     * Waits until a model that is being loaded is in memory, or cannot be.
     *
     * @return why it cannot be loaded, if so
     */
    public Optional<String> awaitLoaded(String name) throws InterruptedException {
        return places.locked(() -> {
            var place = places.find(Optional.of(name));
            while (place.state == State.LOADING && !places.isClosing()) places.awaitChange(Long.MAX_VALUE);
            return place.state == State.FAILED ? place.failure : Optional.empty();
        });
    }

    /** Finishes all answers, and frees the models. */
    @Override
    public void close() {
        close(Duration.ofDays(1));
    }

    /** As {@link #close()}, but what is not finished in time ends as it is. */
    public void close(Duration grace) {
        var deadline = Instant.now().plus(grace);
        var models = new ArrayList<ServedModel>();
        places.change(() -> {
            places.close();
            for (var place : places.all()) {
                place.model.ifPresent(models::add);
                place.model = Optional.empty();
                place.state = State.UNLOADED;
            }
        });
        for (var model : models) {
            var left = Duration.between(Instant.now(), deadline);
            model.close(left.isNegative() ? Duration.ZERO : left);
        }
        loader.join();
    }
}
