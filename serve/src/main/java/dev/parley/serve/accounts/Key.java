package dev.parley.serve.accounts;

import java.time.Instant;
import java.util.Optional;

/**
 * A key of the API, as it is kept: without its secret.
 *
 * @param id by which it is shown and revoked; a part of the key itself
 * @param name that whoever made it gave it
 * @param owner the user for whom it speaks; empty if it speaks for itself alone
 * @param expires when it ends by itself, if it does
 * @param revoked whether it was ended
 * @param tokensToday what it has used since midnight UTC
 */
public record Key(String id, String name, Optional<User> owner, Instant created, Optional<Instant> expires, boolean revoked,
        KeyLimits limits, long tokensToday) {

    /** How every key begins, so that people and scanners of leaked secrets know one. */
    public static final String PREFIX = "sk-parley-";

    /** What may be shown of the key. */
    public String shown() {
        return PREFIX + id + "…";
    }

    /** Whether it is of use at a moment. */
    public boolean works(Instant now) {
        return !revoked && expires.map(now::isBefore).orElse(true) && !owner.map(User::disabled).orElse(false);
    }
}
