package dev.parley.cli;

import java.util.List;

/**
 * Subcommands of a room that stands below {@code cli} and so cannot be named here. Such a room implements this and
 * names its class in {@code META-INF/services/dev.parley.cli.CommandProvider}; {@link java.util.ServiceLoader} finds it.
 */
public interface CommandProvider {

    /**
     * The subcommands, in the order in which help lists them.
     *
     * @param output where they write
     * @return objects of classes annotated with picocli's {@code @Command}
     */
    List<Object> commands(Output output);
}
