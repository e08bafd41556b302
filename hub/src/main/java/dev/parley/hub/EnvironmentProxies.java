package dev.parley.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy that the environment names, as curl and Python heed it: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY by the scheme
 * of the address (lower case wins, and HTTP_PROXY only counts in lower case, since a CGI server sets the other from a
 * request's header), except for hosts in NO_PROXY. Where it names none, Java's own settings count.
 */
final class EnvironmentProxies extends ProxySelector {

    private final Map<String, String> environment;

    private EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    static ProxySelector of(Map<String, String> environment) {
        return new EnvironmentProxies(Map.copyOf(environment));
    }

    @Override
    public List<Proxy> select(URI address) {
        var scheme = address.getScheme().toLowerCase(Locale.ROOT);
        var named = value(scheme + "_proxy").or(() -> scheme.equals("https") ? value("HTTPS_PROXY") : Optional.empty())
                .or(() -> value("all_proxy")).or(() -> value("ALL_PROXY"));
        if (named.isEmpty())
            return Optional.ofNullable(ProxySelector.getDefault()).map(d -> d.select(address)).orElse(List.of(Proxy.NO_PROXY));
        return List.of(isExcepted(address.getHost()) ? Proxy.NO_PROXY : proxy(named.get()));
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    private boolean isExcepted(String host) {
        var list = value("no_proxy").or(() -> value("NO_PROXY")).orElse("");
        var name = host.toLowerCase(Locale.ROOT);
        for (var entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            var suffix = entry.replaceFirst("^\\*?\\.", "");
            if (entry.equals("*") || !suffix.isEmpty() && (name.equals(suffix) || name.endsWith("." + suffix))) return true;
        }
        return false;
    }

    private static Proxy proxy(String text) {
        try {
            var uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) throw new IllegalArgumentException(text);
            return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort()));
        } catch (IllegalArgumentException e) {
            throw new HubException(HubException.Reason.SETTING,
                    "The proxy that the environment names is not of the form http://host:port; correct https_proxy, or unset it.");
        }
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException problem) {
        // the request itself fails, and is told
    }
}
