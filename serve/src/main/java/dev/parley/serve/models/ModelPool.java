package dev.parley.serve.models;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.http.ApiError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
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
     */
    public record Info(ModelSource source, State state, Optional<ServedModel> model, Optional<String> failure) {}

    /** A model that stays in memory until this is closed. */
    public interface Lease extends AutoCloseable {

        /** The model's name in the API. */
        String id();

        ServedModel model();

        @Override
        void close();
    }

    private static final class Place {

        final ModelSource source;
        State state = State.UNLOADED;
        Optional<ServedModel> model = Optional.empty();
        Optional<String> failure = Optional.empty();
        int leases;
        int wanted; // requests that wait for it
        int underWay; // loads of it that have room, and closings: their memory counts
        long lastUsed;

        Place(ModelSource source) {
            this.source = source;
        }
    }

    private final Map<String, Place> places = new LinkedHashMap<>();
    private final long memoryBudget;
    private final Limits limits;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ConcurrentLinkedQueue<Thread> loaders = new ConcurrentLinkedQueue<>();
    private boolean closing;

    /**
     * @param sources the first answers where none is named
     * @param memoryBudget bytes of all loaded models and their caches together; one model is loaded even if it alone is larger
     * @param limits of each model's engine
     * @param patience how long a request waits for a model that is being loaded
     * @throws IllegalArgumentException if there is none, or two have the same name
     */
    public ModelPool(List<ModelSource> sources, long memoryBudget, Limits limits, Duration patience) {
        if (sources.isEmpty()) throw new IllegalArgumentException("A server needs at least one model.");
        this.memoryBudget = memoryBudget;
        this.limits = limits;
        this.patience = patience;
        for (var source : sources) {
            var names = new ArrayList<>(source.aliases());
            names.add(source.id());
            for (var name : names) {
                if (places.values().stream().anyMatch(p -> p.source.isCalled(name)))
                    throw new IllegalArgumentException("Two models are called " + name + "; name one with NAME=MODEL.");
            }
            places.put(source.id(), new Place(source));
        }
    }

    /** The model that answers where none is named. */
    public String defaultId() {
        return places.keySet().iterator().next();
    }

    /** Begins to load a model in the background, if it is not there yet. */
    public void load(String name) {
        lock.lock();
        try {
            begin(place(Optional.of(name)));
        } finally {
            lock.unlock();
        }
    }

    /** All models, in the order in which they were named. */
    public List<Info> all() {
        lock.lock();
        try {
            return places.values().stream().map(p -> new Info(p.source, p.state, p.model, p.failure)).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is known of one.
     *
     * @param name or alias
     * @throws ApiError 404 if there is no such model
     */
    public Info info(String name) {
        lock.lock();
        try {
            var place = place(Optional.of(name));
            return new Info(place.source, place.state, place.model, place.failure);
        } finally {
            lock.unlock();
        }
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
     * A model for use, loaded if need be.
     *
     * @param name or alias; empty for the default
     * @throws ApiError 404 if there is no such model, 503 while it is being loaded, or if it cannot be
     */
    public Lease lease(Optional<String> name) {
        var deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            var place = place(name);
            begin(place);
            return leaseOf(awaited(place, deadline));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.of(503, "stopping", "The server is shutting down.");
        } finally {
            lock.unlock();
        }
    }

    /** A model that is wanted does not leave before those who wait for it have had it. */
    private Place awaited(Place place, long deadline) throws InterruptedException {
        place.wanted++;
        try {
            while (place.state != State.READY) {
                if (closing) throw ApiError.of(503, "stopping", "The server is shutting down.");
                if (place.state == State.FAILED)
                    throw ApiError.of(503, "model_failed", place.failure.orElse("The model cannot be loaded."));
                var left = deadline - System.nanoTime();
                if (left <= 0)
                    throw ApiError.of(503, "model_loading", "The model " + place.source.id() + " is loading; try again in a moment.");
                changed.await(left, TimeUnit.NANOSECONDS);
            }
            return place;
        } finally {
            place.wanted--;
            changed.signalAll();
        }
    }

    /**
     * Waits until a model that is being loaded is in memory, or cannot be.
     *
     * @return why it cannot be loaded, if so
     */
    public Optional<String> awaitLoaded(String name) throws InterruptedException {
        lock.lock();
        try {
            var place = place(Optional.of(name));
            while (place.state == State.LOADING && !closing) changed.await();
            return place.state == State.FAILED ? place.failure : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Lease leaseOf(Place place) {
        place.leases++;
        place.lastUsed = System.nanoTime();
        var model = place.model.orElseThrow();
        return new Lease() {
            private boolean open = true;

            @Override
            public String id() {
                return place.source.id();
            }

            @Override
            public ServedModel model() {
                return model;
            }

            @Override
            public void close() {
                lock.lock();
                try {
                    if (open) place.leases--;
                    open = false;
                    place.lastUsed = System.nanoTime();
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    private Place place(Optional<String> name) {
        if (name.isEmpty()) return places.get(defaultId());
        return places.values().stream().filter(p -> p.source.isCalled(name.get())).findFirst()
                .orElseThrow(() -> ApiError.of(404, "model_not_found",
                        "There is no model " + shortened(name.get()) + "; served are " + String.join(", ", places.keySet()) + "."));
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }

    // A model that could not be loaded is tried again when it is asked for again: the file may have been mended. So is one whose engine
    // died.
    private void begin(Place place) {
        var died = place.state == State.READY ? place.model.filter(m -> !m.engine().isAlive()) : Optional.<ServedModel>empty();
        if (closing || place.state == State.READY && died.isEmpty() || place.state == State.LOADING) return;
        place.state = State.LOADING;
        place.failure = Optional.empty();
        place.model = Optional.empty();
        var thread = Thread.ofPlatform().daemon().name("parley-load-" + place.source.id()).unstarted(() -> load(place, died));
        loaders.add(thread);
        thread.start();
    }

    private void load(Place place, Optional<ServedModel> died) {
        var hasRoom = false;
        try {
            died.ifPresent(model -> bury(place, model));
            makeRoom(place);
            hasRoom = true;
            var model = new ServedModel(place.source.id(), place.source.loader().load(), limits);
            end(place, true, State.READY, Optional.of(model), Optional.empty());
        } catch (Throwable e) { // whatever it is: who waits for the model must be told
            end(place, hasRoom, State.FAILED, Optional.empty(),
                    Optional.of("The model " + place.source.id() + " cannot be loaded: " + why(e)));
        } finally {
            loaders.remove(Thread.currentThread());
        }
    }

    private static String why(Throwable failure) {
        return switch (failure) {
            case OutOfMemoryError e -> "not enough memory";
            case StackOverflowError e -> "its files are nested too deeply";
            default -> Optional.ofNullable(failure.getMessage()).orElseGet(failure::toString);
        };
    }

    /** Frees what a dead engine has left, once nobody looks at it any more. */
    private void bury(Place place, ServedModel died) {
        lock.lock();
        try {
            for (var left = patience.toNanos(); place.leases > 0 && left > 0 && !closing;) left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        died.close(Duration.ZERO);
    }

    private void end(Place place, boolean hadRoom, State state, Optional<ServedModel> model, Optional<String> failure) {
        lock.lock();
        try {
            place.underWay -= hadRoom ? 1 : 0;
            if (closing && model.isPresent()) {
                model.get().close(Duration.ZERO);
                return;
            }
            place.state = state;
            place.model = model;
            place.failure = failure;
            place.lastUsed = System.nanoTime();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets models go that nobody uses, and waits for those in use and for those that are being loaded, until the new one fits. */
    private void makeRoom(Place wanted) {
        while (true) {
            Place leaving;
            ServedModel model;
            lock.lock();
            try {
                var used = places.values().stream().filter(p -> p != wanted).mapToLong(this::bytes).sum();
                if (closing || used == 0 || used + wanted.source.bytes() + limits.cacheBytes() <= memoryBudget) {
                    wanted.underWay++;
                    return;
                }
                var idle = places.values().stream().filter(p -> p != wanted && p.state == State.READY && p.leases == 0 && p.wanted == 0)
                        .min(Comparator.comparingLong(p -> p.lastUsed));
                if (idle.isEmpty()) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                leaving = idle.get();
                model = leaving.model.orElseThrow();
                leaving.state = State.UNLOADED;
                leaving.model = Optional.empty();
                leaving.underWay++;
            } finally {
                lock.unlock();
            }
            model.close(patience); // nobody uses it: there is nothing to wait for
            closed(leaving);
        }
    }

    private void closed(Place place) {
        lock.lock();
        try {
            place.underWay--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What it has of the memory now, and will have soon. */
    private long bytes(Place place) {
        return place.underWay * (place.source.bytes() + limits.cacheBytes())
                + place.model.map(m -> m.weightBytes() + limits.cacheBytes()).orElse(0L);
    }

    /** Finishes all answers, and frees the models. */
    @Override
    public void close() {
        close(Duration.ofDays(1));
    }

    /** As {@link #close()}, but what is not finished in time ends as it is. */
    public void close(Duration grace) {
        var deadline = Instant.now().plus(grace);
        List<ServedModel> models;
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            models = places.values().stream().flatMap(p -> p.model.stream()).toList();
            for (var place : places.values()) {
                place.model = Optional.empty();
                place.state = State.UNLOADED;
            }
        } finally {
            lock.unlock();
        }
        for (var model : models) {
            var left = Duration.between(Instant.now(), deadline);
            model.close(left.isNegative() ? Duration.ZERO : left);
        }
        for (var loader : loaders) joinUninterruptibly(loader);
    }

    private static void joinUninterruptibly(Thread thread) {
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
