package dev.parley.hub;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the environment says of the hub, under the names that Python's huggingface_hub has for it.
 *
 * @param cache where models lie: HF_HUB_CACHE, else HF_HOME/hub, else XDG_CACHE_HOME/huggingface/hub, else
 *         ~/.cache/huggingface/hub
 * @param endpoint the hub or a mirror of it: HF_ENDPOINT, without a slash at its end
 * @param token who asks: HF_TOKEN, else the file HF_TOKEN_PATH, else the file {@code token} in HF_HOME; none at all where
 *         HF_HUB_DISABLE_IMPLICIT_TOKEN is set
 * @param offline HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE: the network is not used
 * @param copies HF_HUB_DISABLE_SYMLINKS: snapshots hold copies instead of links
 * @param patience how long a server may be silent: HF_HUB_DOWNLOAD_TIMEOUT in seconds, 20 by default
 * @param pace how tries follow each other
 * @param proxies HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, else Java's own settings
 */
record HubSettings(Path cache, URI endpoint, Optional<Token> token, boolean offline, boolean copies, Duration patience, Pace pace,
        ProxySelector proxies) {

    private static final String PUBLIC_HUB = "https://huggingface.co";
    private static final Set<String> YES = Set.of("1", "ON", "YES", "TRUE");
    private static final long LARGEST_TOKEN_FILE = 10_000;

    /** A secret that does not print itself. */
    record Token(String secret) {
        @Override
        public String toString() {
            return "Token[hidden]";
        }
    }

    /**
     * How tries follow each other when a server is busy or a connection is cut.
     *
     * @param tries how many in a row may bring nothing
     * @param first the wait after the first; each further one is twice as long
     * @param longest no wait is longer, and a server that asks for a longer one is not waited for
     */
    record Pace(int tries, Duration first, Duration longest) {

        static final Pace DEFAULT = new Pace(5, Duration.ofSeconds(1), Duration.ofSeconds(120));
    }

    static HubSettings of(Map<String, String> environment) {
        var reader = new Reader(environment);
        var home = reader.path("HF_HOME").or(() -> reader.path("XDG_CACHE_HOME").map(p -> p.resolve("huggingface")))
                .orElseGet(() -> reader.userHome().resolve(".cache").resolve("huggingface"));
        var cache = reader.path("HF_HUB_CACHE").or(() -> reader.path("HUGGINGFACE_HUB_CACHE")).orElseGet(() -> home.resolve("hub"));
        return new HubSettings(cache.toAbsolutePath().normalize(), reader.endpoint(), reader.token(home),
                reader.isOn("HF_HUB_OFFLINE") || reader.isOn("TRANSFORMERS_OFFLINE"),
                reader.isOn("HF_HUB_DISABLE_SYMLINKS"), reader.patience(), Pace.DEFAULT, EnvironmentProxies.of(environment));
    }

    HubSettings withPace(Pace pace) {
        return new HubSettings(cache, endpoint, token, offline, copies, patience, pace, proxies);
    }

    HubSettings withPatience(Duration patience) {
        return new HubSettings(cache, endpoint, token, offline, copies, patience, pace, proxies);
    }

    /** Whether an address is the endpoint's own: the same scheme, host and port, so that it may see the token. */
    boolean isOwn(URI address) {
        return sameOrigin(endpoint, address);
    }

    static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme()) && a.getHost().equalsIgnoreCase(b.getHost()) && port(a) == port(b);
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private record Reader(Map<String, String> environment) {

        Optional<String> text(String name) {
            return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
        }

        boolean isOn(String name) {
            return text(name).map(v -> YES.contains(v.toUpperCase(Locale.ROOT))).orElse(false);
        }

        Path userHome() {
            return Path.of(text("HOME").orElseGet(() -> System.getProperty("user.home")));
        }

        Optional<Path> path(String name) {
            return text(name).map(v -> {
                try {
                    return v.equals("~") ? userHome() : v.startsWith("~/") ? userHome().resolve(v.substring(2)) : Path.of(v);
                } catch (InvalidPathException e) {
                    throw new HubException(HubException.Reason.SETTING, name + "=" + v + " is no path; set it to a folder.", e);
                }
            });
        }

        URI endpoint() {
            var text = text("HF_ENDPOINT").orElse(PUBLIC_HUB).replaceAll("/+$", "");
            try {
                var uri = new URI(text);
                var web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
                if (web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null)
                    return uri;
            } catch (URISyntaxException e) {
                // told below
            }
            throw new HubException(HubException.Reason.SETTING,
                    "HF_ENDPOINT=" + text + " is no web address; set it to one that begins with https://, or unset it.");
        }

        Optional<Token> token(Path home) {
            if (isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return Optional.empty();
            var place = text("HF_TOKEN").isPresent() ? "HF_TOKEN" : "HUGGING_FACE_HUB_TOKEN";
            var secret = text(place);
            if (secret.isEmpty()) {
                var file = path("HF_TOKEN_PATH").orElseGet(() -> home.resolve("token"));
                place = file.toString();
                secret = read(file);
            }
            if (secret.isPresent() && !secret.get().chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new HubException(HubException.Reason.SETTING,
                        "The token in " + place + " holds characters that no token has; write it anew.");
            }
            return secret.map(Token::new);
        }

        private static Optional<String> read(Path file) {
            try {
                if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_TOKEN_FILE) return Optional.empty();
                return Optional.of(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1).strip())
                        .filter(t -> !t.isEmpty());
            } catch (IOException e) {
                return Optional.empty(); // as if there were none: most models need none
            }
        }

        Duration patience() {
            var text = text("HF_HUB_DOWNLOAD_TIMEOUT");
            if (text.isEmpty()) return Duration.ofSeconds(20);
            if (!text.get().matches("[1-9][0-9]{0,5}")) {
                throw new HubException(HubException.Reason.SETTING,
                        "HF_HUB_DOWNLOAD_TIMEOUT=" + text.get() + " is no number of seconds; set it to one from 1, or unset it.");
            }
            return Duration.ofSeconds(Long.parseLong(text.get()));
        }
    }
}
