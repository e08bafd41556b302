package dev.parley.assist.tools;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an MCP server is reached. Its {@code toString} names no value of the environment and no header, which may be secrets.
 */
public sealed interface McpServerConfig {

    /** The name that the file gives it. */
    String name();

    /** How long a call may take; empty for {@link McpToolSource.Limits}' own. */
    Optional<Duration> timeout();

    /** Values that came out of the environment, to be kept out of all that is shown. */
    Collection<String> secrets();

    /**
     * A program that is started, and spoken to over its standard input and output.
     *
     * @param command a program of the path, or a file
     * @param env variables that it is given beside the few that every program needs
     * @param folder it runs in; empty for this program's own
     */
    record Stdio(String name, String command, List<String> args, Map<String, String> env, Optional<Path> folder, Optional<Duration> timeout,
            Collection<String> secrets) implements McpServerConfig {

        /** Copies its lists. */
        public Stdio {
            args = List.copyOf(args);
            env = Map.copyOf(env);
            secrets = List.copyOf(secrets);
        }

        /** A program with arguments and nothing else. */
        public Stdio(String name, String command, List<String> args) {
            this(name, command, args, Map.of(), Optional.empty(), Optional.empty(), List.of());
        }

        @Override
        public String toString() {
            return name + " (program " + command + ", " + args.size() + " arguments, variables " + env.keySet() + ")";
        }
    }

    /**
     * A server behind an address, spoken to by streamable HTTP.
     *
     * @param url of its endpoint
     * @param headers of each request, such as {@code Authorization}
     */
    record Http(String name, URI url, Map<String, String> headers, Optional<Duration> timeout, Collection<String> secrets)
            implements McpServerConfig {

        /** Copies its lists. */
        public Http {
            headers = Map.copyOf(headers);
            secrets = List.copyOf(secrets);
        }

        /** An address and nothing else. */
        public Http(String name, URI url) {
            this(name, url, Map.of(), Optional.empty(), List.of());
        }

        @Override
        public String toString() {
            return name + " (at " + url.getScheme() + "://" + url.getHost() + ", headers " + headers.keySet() + ")";
        }
    }

    /** A text without the secrets of this server. */
    default String withoutSecrets(String text) {
        var hidden = text;
        for (var secret : secrets()) {
            if (secret.length() >= 4) hidden = hidden.replace(secret, "***"); // shorter ones are no secrets, and stand everywhere
        }
        return hidden;
    }
}
