package dev.parley.grammar;

import dev.parley.grammar.Automaton.Loop;
import dev.parley.grammar.Automaton.Silently;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a text may be in a grammar. A configuration is all the places at once, each with the calls that led there; it is made
 * when a text first gets there, and kept with where each byte leads, so that the grammar becomes a deterministic automaton
 * as far as it is used. What is kept is counted in bytes, and forgotten when it is too much. Threads may share it.
 */
final class Configurations {

    /** Places at once at most: beyond it the grammar is ambiguous without end. */
    private static final int MOST_PLACES = 5_000;

    /** Calls on the way to a place that are looked through for counts. */
    private static final int DEEPEST = 100;

    private static final int PLACE_BYTES = 100;
    private static final int CONFIGURATION_BYTES = 150;

    private final Automaton automaton;
    private final long mostBytes;
    private final Map<Integer, Optional<Loop>> loops = new HashMap<>();
    private final Map<Integer, Silently> silently = new HashMap<>();
    private final Map<Place, Place> places = new HashMap<>();
    private final Map<Configuration, Configuration> known = new HashMap<>();
    private final Configuration nowhere = new Configuration(new Place[0], false, 0);
    private Optional<Configuration> start = Optional.empty();
    private long bytes;
    private int placeCount;

    /** Keeps all that it finds out. */
    Configurations(Automaton automaton) {
        this(automaton, Long.MAX_VALUE);
    }

    /** @param mostBytes that may be kept, about */
    Configurations(Automaton automaton, long mostBytes) {
        this.automaton = automaton;
        this.mostBytes = mostBytes;
    }

    /**
     * A state of a rule, and the place to go on with when the rule has ended; null below the root. Of a state that counts, also how
     * often it has called its rule. There is one object for each.
     */
    private static final class Place {

        private final int state;
        private final int count;
        private final Place caller;
        private final int number;
        private final boolean counts; // it or what called it

        private Place(int state, int count, Place caller, int number, boolean counts) {
            this.state = state;
            this.count = count;
            this.caller = caller;
            this.number = number;
            this.counts = counts;
        }

        private Place(int state, int count, Place caller) {
            this(state, count, caller, -1, false);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Place p && p.state == state && p.count == count && p.caller == caller;
        }

        @Override
        public int hashCode() {
            return 31 * (31 * state + count) + System.identityHashCode(caller);
        }
    }

    /** All places where a text may be after the same bytes. */
    final class Configuration {

        private final Place[] places; // in the order of their numbers
        private final boolean complete;
        private final int hash;
        private final Configuration[] next; // by class of bytes, where it is known; read without a lock, since what is in it never changes

        private Configuration(Place[] places, boolean complete, int classes) {
            this.places = places;
            this.complete = complete;
            hash = Arrays.hashCode(places) + (complete ? 1 : 0);
            next = new Configuration[classes];
        }

        /** Whether the text may end here. */
        boolean complete() {
            return complete;
        }

        /** Whether it must, since no byte can follow. */
        boolean mustEnd() {
            return complete && places.length == 0;
        }

        /** The configuration after one more byte; null where the byte is not allowed. */
        Configuration after(byte b) {
            return after(b, Work.ofStep());
        }

        /** The same, at the cost of the work for a step. */
        Configuration after(byte b, Work work) {
            var byteClass = automaton.classOf(b);
            var after = next[byteClass];
            if (after == null) after = follow(this, byteClass, work);
            return after == nowhere ? null : after;
        }

        private long weight() {
            return CONFIGURATION_BYTES + 4L * places.length + 4L * next.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Configuration c && c.hash == hash && c.complete == complete && Arrays.equals(c.places, places);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Before the first byte. */
    synchronized Configuration start() {
        if (start.isEmpty()) start = Optional.of(settled(List.of(new Place(automaton.start(0), 0, null)), Work.ofStep()));
        return start.get();
    }

    /** Bytes of what is kept, about. */
    synchronized long weight() {
        return bytes;
    }

    private synchronized Configuration follow(Configuration from, int byteClass, Work work) {
        var reached = new LinkedHashSet<Place>();
        work.pay(1 + from.places.length);
        for (var place : from.places) {
            for (var state : automaton.read(place.state, byteClass)) reached.add(new Place(state, 0, place.caller));
        }
        var after = reached.isEmpty() ? nowhere : settled(reached, work);
        from.next[byteClass] = after;
        if (bytes > mostBytes) forget();
        return after;
    }

    /** Lets go of all that nobody holds: what a text holds must not lead to the rest. */
    private void forget() {
        for (var configuration : known.keySet()) Arrays.fill(configuration.next, null);
        known.clear();
        places.clear();
        silently.clear();
        start = Optional.empty();
        bytes = 0;
    }

    /**
     * A place that is to be followed.
     *
     * @param fresh how many of the last calls on the way to it came after the last byte: a repeated part that has read nothing is
     *     not repeated for that
     */
    private record Open(Place place, int fresh) {}

    /** What is found while places are followed until a byte is to be read. */
    private final class Following {

        private final HashSet<Open> seen = new HashSet<>();
        private final ArrayDeque<Open> open = new ArrayDeque<>();
        private final HashSet<Place> reading = new HashSet<>();
        private boolean complete;

        private void add(Place place, int fresh) {
            var next = new Open(place, fresh);
            if (!seen.add(next)) return;
            open.add(next);
            bound(seen.size());
        }

        private void bound(int size) {
            if (size > MOST_PLACES) throw new GrammarException(
                    "The grammar is too ambiguous: a text can be at more than " + MOST_PLACES + " places of it at once.");
        }

        private void follow(Open from, Work work) {
            work.pay(10);
            var place = from.place;
            var loop = loop(place.state);
            if (loop.isPresent()) {
                if (place.count >= loop.get().least()) add(new Place(loop.get().after(), 0, place.caller), from.fresh);
                if (loop.get().hasMore(place.count)) {
                    add(new Place(loop.get().start(), 0, one(place.state, loop.get().next(place.count), place.caller)), from.fresh + 1);
                }
                return;
            }
            var leads = silently(place.state);
            work.pay(leads.reading().length);
            for (var state : leads.reading()) reading.add(one(state, 0, place.caller));
            for (var state : leads.loops()) add(new Place(state, 0, place.caller), from.fresh);
            for (int i = 0; i < leads.calls().length; i += 2) call(leads.calls()[i], leads.calls()[i + 1], from);
            if (!leads.ends()) return;
            if (place.caller == null) complete = true;
            else if (from.fresh == 0 || loop(place.caller.state).isEmpty()) add(place.caller, Math.max(0, from.fresh - 1));
        }

        private void call(int rule, int after, Open from) {
            // A call with which the rule ends needs no return: a list that calls itself at its end does not grow.
            var returns = !silently(after).onlyEnds();
            var caller = returns ? one(after, 0, from.place.caller) : from.place.caller;
            add(new Place(automaton.start(rule), 0, caller), returns ? from.fresh + 1 : from.fresh);
        }
    }

    /** Follows calls and ends of rules until a byte is to be read. */
    private Configuration settled(Collection<Place> from, Work work) {
        var following = new Following();
        for (var place : from) following.add(place, 0);
        while (!following.open.isEmpty()) following.follow(following.open.poll(), work);
        following.bound(following.reading.size());
        return kept(following.reading, following.complete);
    }

    private Configuration kept(Collection<Place> reading, boolean complete) {
        var places = reading.toArray(Place[]::new);
        Arrays.sort(places, Comparator.comparingInt(place -> place.number));
        var fresh = new Configuration(places, complete, automaton.classes());
        var before = known.putIfAbsent(fresh, fresh);
        if (before == null) bytes += fresh.weight();
        return before == null ? fresh : before;
    }

    /** The configuration from which the same texts of at most so many bytes can follow: counts that are far from their bounds are alike. */
    synchronized Configuration alike(Configuration at, int length) {
        var alike = new ArrayList<Place>();
        var changed = false;
        for (var place : at.places) {
            var other = place.counts ? alike(place, length) : place;
            changed |= other != place;
            alike.add(other);
        }
        return changed ? kept(new HashSet<>(alike), at.complete) : at;
    }

    private Place alike(Place place, int length) {
        var way = new ArrayList<Place>();
        for (var at = place; at != null && at.counts && way.size() < DEEPEST; at = at.caller) way.add(at);
        var below = way.getLast().caller;
        for (var at : way.reversed()) {
            var count = loop(at.state).map(loop -> loop.alike(at.count, length)).orElse(at.count);
            below = count == at.count && below == at.caller ? at : one(at.state, count, below);
        }
        return below;
    }

    private Optional<Loop> loop(int state) {
        return loops.computeIfAbsent(state, automaton::loop);
    }

    private Silently silently(int state) {
        var leads = silently.get(state);
        if (leads != null) return leads;
        leads = automaton.silently(state);
        bytes += PLACE_BYTES + 4L * (leads.reading().length + leads.calls().length + leads.loops().length);
        silently.put(state, leads);
        return leads;
    }

    private Place one(int state, int count, Place caller) {
        var asked = new Place(state, count, caller);
        var place = places.get(asked);
        if (place != null) return place;
        place = new Place(state, count, caller, placeCount++, caller != null && caller.counts || loop(state).isPresent());
        bytes += PLACE_BYTES;
        places.put(place, place);
        return place;
    }
}
