package dev.parley.serve.chat.history;

import dev.parley.serve.store.Database;
import dev.parley.serve.store.Transaction;
import java.util.ArrayList;
import java.util.Optional;

/**
 * How much feedback there is of people's own answers; imported ones do not count.
 *
 * @param edits answers that somebody rewrote
 * @param choices between two answers, of which one was better
 * @param thumbs up and down
 */
public record FeedbackAmount(int edits, int choices, int thumbs) {

    /**
     * Counts it.
     *
     * @param owner whose; empty for everybody's
     * @param since in milliseconds since 1970; what is older does not count
     */
    public static FeedbackAmount of(Database database, Optional<String> owner, long since) {
        return database.read(t -> new FeedbackAmount(count(t, "count(distinct original)", "edits where model is not null", owner, since),
                count(t, "count(*)", "comparisons where choice in ('left', 'right')", owner, since),
                count(t, "count(*)", "ratings where rating <> 0", owner, since)));
    }

    private static int count(Transaction t, String what, String of, Optional<String> owner, long since) {
        var arguments = new ArrayList<Object>();
        arguments.add(since);
        owner.ifPresent(arguments::add);
        return t.first(
                "select " + what + " from " + of + " and imported = 0 and created >= ?" + (owner.isPresent() ? " and owner = ?" : ""),
                row -> row.getInt(1), arguments.toArray()).orElseThrow();
    }
}
