package dev.parley.serve.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Answers of {@code /v1/responses} that can be gone on from. They are in memory alone: the oldest leave where there are many, and all
 * of them when the server ends.
 */
final class ResponseStore {

    /**
     * How much is kept.
     *
     * @param ofOne answers of one caller
     * @param charactersOfOne of the answers of one caller
     * @param characters of all
     */
    record Limits(int ofOne, long charactersOfOne, long characters) {

        static final Limits DEFAULT = new Limits(256, 8_000_000, 64_000_000);
    }

    /**
     * An answer.
     *
     * @param owner whose it is: nobody else sees it
     * @param response as it was sent
     * @param conversation all that was said, the answer too, but not the instructions
     */
    record Stored(String owner, ObjectNode response, ArrayNode conversation, long characters) {

        static Stored of(String owner, ObjectNode response, ArrayNode conversation) {
            return new Stored(owner, response, conversation, response.toString().length() + (long) conversation.toString().length());
        }
    }

    private final Limits limits;
    private final Map<String, Stored> byId = new LinkedHashMap<>(); // the oldest first

    ResponseStore(Limits limits) {
        this.limits = limits;
    }

    synchronized void put(String id, Stored stored) {
        byId.put(id, stored);
        Predicate<Stored> his = s -> s.owner().equals(stored.owner());
        while (count(his) > limits.ofOne() || characters(his) > limits.charactersOfOne()) dropOldest(his);
        while (characters(s -> true) > limits.characters()) dropOldest(s -> true);
    }

    private long count(Predicate<Stored> which) {
        return byId.values().stream().filter(which).count();
    }

    private long characters(Predicate<Stored> which) {
        return byId.values().stream().filter(which).mapToLong(Stored::characters).sum();
    }

    private void dropOldest(Predicate<Stored> which) {
        for (Iterator<Stored> all = byId.values().iterator(); all.hasNext();) {
            if (!which.test(all.next())) continue;
            all.remove();
            return;
        }
    }

    /** An answer of this caller. */
    synchronized Optional<Stored> get(String owner, String id) {
        return Optional.ofNullable(byId.get(id)).filter(s -> s.owner().equals(owner));
    }

    /** Forgets an answer of this caller. @return whether there was one */
    synchronized boolean remove(String owner, String id) {
        return get(owner, id).isPresent() && byId.remove(id) != null;
    }
}
