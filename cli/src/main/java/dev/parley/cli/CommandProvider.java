package dev.parley.cli;

/**
 * A subcommand from a room that stands below this one, such as {@code bench}: it is found by
 * {@link java.util.ServiceLoader}, so that this room need not depend on it.
 */
public interface CommandProvider {

    /** An object with picocli's {@code @Command}. */
    Object command();
}
