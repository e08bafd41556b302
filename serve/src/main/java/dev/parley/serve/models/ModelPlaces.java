package dev.parley.serve.models;

import dev.parley.serve.http.ApiError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The places of a server's models, by the models' names. All of it is read and changed under its lock. */
final class ModelPlaces {

    /** One model: whether it is in memory, and who wants it. */
    static final class Place {

        final ModelSource source;
        ModelPool.State state = ModelPool.State.UNLOADED;
        Optional<ServedModel> model = Optional.empty();
        Optional<String> failure = Optional.empty();
        int leases;
        int wanted; // requests that wait for it
        Optional<Duration> unusedAtMost = Optional.empty(); // before it leaves the memory; empty where it stays until there is need
        Optional<Thread> timer = Optional.empty(); // which lets it leave in time
        int underWay; // loads of it that have room, and closings: their memory counts
        long lastUsed;

        /** When it leaves the memory if nobody uses it until then. */
        Optional<Instant> leavesAt() {
            var unused = leases + wanted > 0 ? 0 : System.nanoTime() - lastUsed;
            return isReady() ? unusedAtMost.map(time -> Instant.now().plus(time).minusNanos(unused)) : Optional.empty();
        }

        private Place(ModelSource source) {
            this.source = source;
        }

        /** It is in memory, and its engine runs. */
        boolean isReady() {
            return state == ModelPool.State.READY && model.filter(m -> m.engine().isAlive()).isPresent();
        }

        /** Nobody uses it now, and nobody waits for it. */
        boolean isIdle() {
            return state == ModelPool.State.READY && leases == 0 && wanted == 0;
        }
    }

    private final Map<String, Place> places = new LinkedHashMap<>();
    private final String defaultId;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closing;

    /** @throws IllegalArgumentException if there is no model, or two have the same name */
    ModelPlaces(List<ModelSource> sources) {
        if (sources.isEmpty()) throw new IllegalArgumentException("A server needs at least one model.");
        for (var source : sources) {
            var names = new ArrayList<>(source.aliases());
            names.add(source.id());
            for (var name : names) {
                if (isTaken(name)) throw new IllegalArgumentException("Two models are called " + name + "; name one with NAME=MODEL.");
            }
            places.put(source.id(), new Place(source));
        }
        defaultId = sources.getFirst().id();
    }

    private boolean isTaken(String name) {
        return places.values().stream().anyMatch(p -> p.source.isCalled(name));
    }

    /** Adds a model, under the lock; one whose name is taken is there already. */
    void add(ModelSource source) {
        if (!isTaken(source.id())) places.put(source.id(), new Place(source));
    }

    /** What is done under the lock. */
    @FunctionalInterface
    interface Work<T, E extends Exception> {
        T run() throws E;
    }

    /** Does something that nobody else sees half done. */
    <T, E extends Exception> T locked(Work<T, E> work) throws E {
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    /** The same for a change: those who wait for one look again. */
    void change(Runnable work) {
        lock.lock();
        try {
            work.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change, under the lock. @param nanos at most @return what is left of them */
    long awaitChange(long nanos) throws InterruptedException {
        return changed.awaitNanos(nanos);
    }

    /** Waits for a change, under the lock. */
    void awaitChange() {
        changed.awaitUninterruptibly();
    }

    String defaultId() {
        return defaultId;
    }

    /**
     * The model that a name means, or whose adapter it means.
     *
     * @param name or alias, and maybe that of an adapter behind a colon; empty for the default
     * @param user who asks: adapters that are another's are not there
     * @throws ApiError 404 if there is no such model
     */
    Place find(Optional<String> name, String user) {
        if (name.isEmpty()) return places.get(defaultId());
        return places.values().stream().filter(p -> p.source.isCalled(name.get())).findFirst()
                .or(() -> places.values().stream().filter(p -> p.source.adapterCalled(name.get(), user).isPresent()).findFirst())
                .orElseThrow(() -> none(name.get()));
    }

    /** As above, of what is for everybody. */
    Place find(Optional<String> name) {
        return find(name, TaughtAdapters.NOBODY);
    }

    /** What to throw where there is no model of a name. */
    ApiError none(String name) {
        return ApiError.of(404, "model_not_found",
                "There is no model " + shortened(name) + "; served are " + String.join(", ", places.keySet()) + ".");
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }

    /** In the order in which they were named. */
    Collection<Place> all() {
        return places.values();
    }

    boolean isClosing() {
        return closing;
    }

    /** No more models are loaded from now on. */
    void close() {
        closing = true;
    }
}
