package dev.parley.generate.engine;

import dev.parley.generate.strategy.Branch;
import dev.parley.model.InferenceSession;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The sequences that have a place, and the memory that they read into. */
final class RunningSequences {

    private final RequestQueue queue;
    private final int places;
    private final InferenceSession session;
    private final PrefixCache prefixes;
    private final EngineCounts counts;
    private final List<Sequence> all = new ArrayList<>(); // in the order of joining

    RunningSequences(RequestQueue queue, int places, InferenceSession session, PrefixCache prefixes, EngineCounts counts) {
        this.queue = queue;
        this.places = places;
        this.session = session;
        this.prefixes = prefixes;
        this.counts = counts;
    }

    List<Sequence> all() {
        return all;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    int size() {
        return all.size();
    }

    /** Requests that run or wait. */
    LinkedHashSet<Request> requests() {
        var requests = new LinkedHashSet<Request>();
        all.forEach(sequence -> requests.add(sequence.request()));
        requests.addAll(queue.requests());
        return requests;
    }

    /** The sequence that takes the next place, if one can: it has joined, or has no token to make. */
    boolean admit(List<Sequence> ended) {
        var free = places - places();
        if (free <= 0) return false;
        var next = queue.next(all, sequence -> hasRoom(sequence, free));
        next.ifPresent(sequence -> {
            if (sequence.running()) join(sequence);
            else ended.add(sequence);
        });
        return next.isPresent();
    }

    private int places() {
        var taken = 0;
        for (var sequence : all) taken += sequence.width();
        return taken;
    }

    /**
     * Whether a sequence has places beside those that run, and memory, with a block more for each: else it would soon have to leave again.
     * If so, it has begun with what is known.
     */
    private boolean hasRoom(Sequence sequence, int free) {
        if (sequence.width() > free) return false;
        var first = sequence.branches().getFirst();
        open(first, sequence);
        if (prefixes.available() >= PrefixCache.blocksFor(first.cache(), first.pending()) + all.size() + sequence.width() - 1) return true;
        first.close();
        return false;
    }

    private void join(Sequence sequence) {
        var first = sequence.branches().getFirst();
        if (!first.isOpen()) open(first, sequence); // it is alone
        if (sequence.begin(first.cache())) counts.prompt(first.length(), first.cache().length());
        all.add(sequence);
    }

    /** Gives a branch a cache, which begins with what is known. */
    void open(Branch branch, Sequence sequence) {
        branch.open(session.open(sequence.request().asked().adapter()));
        if (sequence.mayShare()) prefixes.share(sequence.owner(), branch.ids(), branch.cache());
    }

    /** Takes the memory of the sequence that joined last, which waits before all others then. */
    Sequence giveBackLast() {
        var last = all.getLast();
        counts.preemption();
        leave(last);
        queue.addFirst(last);
        return last;
    }

    /** Keeps what a sequence has read, for sequences that begin alike. */
    void keep(Sequence sequence) {
        if (!sequence.strategy().mayShare()) return;
        for (var branch : sequence.branches()) {
            if (branch.isOpen()) prefixes.keep(sequence.owner(), branch.ids(), branch.cache());
        }
    }

    /** Gives up a sequence's place, if it has one; its keys and values are kept as long as nobody needs the memory. */
    void leave(Sequence sequence) {
        all.remove(sequence);
        keep(sequence);
        sequence.letGo();
        prefixes.shrink();
    }

    void remove(Request request) {
        all.removeIf(sequence -> sequence.request() == request);
    }
}
