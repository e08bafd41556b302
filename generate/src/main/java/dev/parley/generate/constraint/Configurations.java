package dev.parley.generate.constraint;

import dev.parley.generate.constraint.Automaton.Silently;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a text may be in a grammar. A configuration is all the places at once, each with the calls that led there; it is made
 * when a text first gets there, and kept with where each byte leads, so that the grammar becomes a deterministic automaton
 * as far as it is used. Not for several threads at once.
 */
final class Configurations {

    /** Places at once at most: beyond it the grammar is ambiguous without end. */
    private static final int MOST_PLACES = 5_000;

    /** Configurations that are kept; then all are forgotten and found anew. */
    private static final int MOST_KEPT = 50_000;

    private final Automaton automaton;
    private final Map<Integer, Silently> silently = new HashMap<>();
    private final Map<Place, Place> places = new HashMap<>();
    private final Map<Key, Configuration> known = new HashMap<>();
    private Optional<Configuration> start = Optional.empty();

    Configurations(Automaton automaton) {
        this.automaton = automaton;
    }

    /** A state of a rule, and the place to go on with when the rule has ended; null below the root. There is one object for each. */
    private static final class Place {

        private final int state;
        private final Place caller;

        private Place(int state, Place caller) {
            this.state = state;
            this.caller = caller;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Place p && p.state == state && p.caller == caller;
        }

        @Override
        public int hashCode() {
            return 31 * state + System.identityHashCode(caller);
        }
    }

    private record Key(Set<Place> places, boolean complete) {}

    /** All places where a text may be after the same bytes. */
    final class Configuration {

        private final Place[] places;
        private final boolean complete;
        private final Configuration[] next = new Configuration[automaton.classes()];
        private final boolean[] tried = new boolean[next.length];

        private Configuration(Set<Place> places, boolean complete) {
            this.places = places.toArray(Place[]::new);
            this.complete = complete;
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
            var byteClass = automaton.classOf(b);
            if (!tried[byteClass]) {
                next[byteClass] = follow(this, byteClass);
                tried[byteClass] = true;
            }
            return next[byteClass];
        }
    }

    /** Before the first byte. */
    Configuration start() {
        if (known.size() > MOST_KEPT) {
            known.clear();
            places.clear();
            start = Optional.empty();
        }
        if (start.isEmpty()) start = Optional.of(settled(Set.of(new Place(automaton.start(0), null))));
        return start.get();
    }

    private Configuration follow(Configuration from, int byteClass) {
        var reached = new LinkedHashSet<Place>();
        for (var place : from.places) {
            for (var state : automaton.read(place.state, byteClass)) reached.add(new Place(state, place.caller));
        }
        return reached.isEmpty() ? null : settled(reached);
    }

    /** Follows calls and ends of rules until a byte is to be read. */
    private Configuration settled(Set<Place> from) {
        var seen = new HashSet<>(from);
        var open = new ArrayDeque<>(from);
        var reading = new HashSet<Place>();
        var complete = false;
        while (!open.isEmpty()) {
            var place = open.poll();
            var leads = silently(place.state);
            for (var state : leads.reading()) reading.add(one(state, place.caller));
            for (int i = 0; i < leads.calls().length; i += 2) {
                var after = leads.calls()[i + 1];
                // A call with which the rule ends needs no return: a list that calls itself at its end does not grow.
                var caller = silently(after).onlyEnds() ? place.caller : one(after, place.caller);
                var called = new Place(automaton.start(leads.calls()[i]), caller);
                if (seen.add(called)) open.add(called);
            }
            if (leads.ends() && place.caller == null) complete = true;
            if (leads.ends() && place.caller != null && seen.add(place.caller)) open.add(place.caller);
            if (seen.size() > MOST_PLACES) {
                throw new GrammarException("The grammar is too ambiguous: a text can be in more than " + MOST_PLACES + " of its places at once.");
            }
        }
        var ends = complete;
        return known.computeIfAbsent(new Key(reading, ends), key -> new Configuration(key.places, ends));
    }

    private Silently silently(int state) {
        return silently.computeIfAbsent(state, automaton::silently);
    }

    private Place one(int state, Place caller) {
        return places.computeIfAbsent(new Place(state, caller), place -> place);
    }
}
