package dev.parley.assist.tools.server;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Who may ask a server of this machine: pages of other sites may not, neither by an origin of their own nor by a name of theirs that was
 * made to lead here, and where there is a token nobody without it.
 */
record HttpGate(Optional<String> token) {

    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** The status with which a request is refused; empty if it may pass. */
    OptionalInt refusal(Headers headers) {
        var origin = headers.getFirst("Origin");
        if (origin != null && !isHere(origin)) return OptionalInt.of(403);
        if (!isHere("http://" + headers.getFirst("Host"))) return OptionalInt.of(403);
        return token.isEmpty() || same("Bearer " + token.get(), headers.getFirst("Authorization")) ? OptionalInt.empty()
                : OptionalInt.of(401);
    }

    private static boolean isHere(String address) {
        try {
            var host = URI.create(address).getHost();
            return host != null && HERE.contains(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** In a time that does not tell how much of it is right. */
    private static boolean same(String expected, String given) {
        return given != null
                && MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
