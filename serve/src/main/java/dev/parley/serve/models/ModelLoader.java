package dev.parley.serve.models;

import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.models.ModelPlaces.Place;
import dev.parley.serve.models.ModelPool.State;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Loads models, each on a thread of its own, once the memory is enough: models that nobody uses leave for it, the longest unused first,
 * and those in use, or being loaded, are waited for.
 */
final class ModelLoader {

    private final ModelPlaces places;
    private final long memoryBudget;
    private final Limits limits;
    private final Duration patience;
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();

    /**
     * @param memoryBudget bytes of all loaded models and their caches together; one model is loaded even if it alone is larger
     * @param patience how long those may take who still look at a model that died
     */
    ModelLoader(ModelPlaces places, long memoryBudget, Limits limits, Duration patience) {
        this.places = places;
        this.memoryBudget = memoryBudget;
        this.limits = limits;
        this.patience = patience;
    }

    /**
     * Begins to load a model, under the places' lock; nothing where it is there or on its way. One that could not be loaded is tried
     * again when it is asked for again, since its file may have been mended; so is one whose engine died.
     */
    void begin(Place place) {
        if (places.isClosing() || place.isReady() || place.state == State.LOADING) return;
        var died = place.model;
        place.state = State.LOADING;
        place.failure = Optional.empty();
        place.model = Optional.empty();
        var thread = Thread.ofPlatform().daemon().name("parley-load-" + place.source.id()).unstarted(() -> load(place, died));
        threads.add(thread);
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
            threads.remove(Thread.currentThread());
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
        try {
            places.locked(() -> {
                for (var left = patience.toNanos(); place.leases > 0 && left > 0 && !places.isClosing();) left = places.awaitChange(left);
                return null;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        died.close(Duration.ZERO);
    }

    private void end(Place place, boolean hadRoom, State state, Optional<ServedModel> model, Optional<String> failure) {
        places.change(() -> {
            place.underWay -= hadRoom ? 1 : 0;
            if (places.isClosing() && model.isPresent()) {
                model.get().close(Duration.ZERO);
                return;
            }
            place.state = state;
            place.model = model;
            place.failure = failure;
            place.lastUsed = System.nanoTime();
        });
    }

    /** Lets models go until a new one fits. */
    private void makeRoom(Place wanted) {
        for (var leaving = leavesFor(wanted); leaving.isPresent(); leaving = leavesFor(wanted)) {
            leaving.get().model().close(patience); // nobody uses it: there is nothing to wait for
            var place = leaving.get().place();
            places.change(() -> place.underWay--);
        }
    }

    /** Lets a model go if nobody uses it, and its time is over. @return whether it has gone */
    boolean leave(Place place) {
        var leaving = places.locked(() -> {
            var isOver = place.unusedAtMost.filter(time -> System.nanoTime() - place.lastUsed >= time.toNanos()).isPresent();
            return place.isIdle() && isOver && !places.isClosing() ? Optional.of(unloaded(place)) : Optional.<Leaving>empty();
        });
        leaving.ifPresent(gone -> {
            gone.model().close(patience);
            places.change(() -> place.underWay--);
        });
        return leaving.isPresent();
    }

    private record Leaving(Place place, ServedModel model) {}

    /** The next model that has to leave for another; empty once there is room, which is then taken. */
    private Optional<Leaving> leavesFor(Place wanted) {
        return places.locked(() -> {
            while (true) {
                var used = places.all().stream().filter(p -> p != wanted).mapToLong(this::bytes).sum();
                if (places.isClosing() || used == 0 || used + wanted.source.bytes() + limits.cacheBytes() <= memoryBudget) {
                    wanted.underWay++;
                    return Optional.empty();
                }
                var idle = places.all().stream().filter(p -> p != wanted && p.isIdle()).min(Comparator.comparingLong(p -> p.lastUsed));
                if (idle.isPresent()) return Optional.of(unloaded(idle.get()));
                places.awaitChange();
            }
        });
    }

    private static Leaving unloaded(Place place) {
        var leaving = new Leaving(place, place.model.orElseThrow());
        place.state = State.UNLOADED;
        place.model = Optional.empty();
        place.unusedAtMost = Optional.empty();
        place.timer = Optional.empty();
        place.underWay++;
        return leaving;
    }

    /** What it has of the memory now, and will have soon. */
    private long bytes(Place place) {
        return place.underWay * (place.source.bytes() + limits.cacheBytes())
                + place.model.map(m -> m.weightBytes() + limits.cacheBytes()).orElse(0L);
    }

    /** Waits for the loads that are under way. */
    void join() {
        for (var thread : threads) joinUninterruptibly(thread);
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
