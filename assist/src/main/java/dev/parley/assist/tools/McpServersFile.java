package dev.parley.assist.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.parley.files.FileFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that names MCP servers, in the form that other programs use too, as JSON or YAML:
 *
 * <pre>{@code
 * mcpServers:
 *   files: {command: npx, args: [-y, "@modelcontextprotocol/server-filesystem", /home/ada/notes]}
 *   weather: {url: "https://weather.example/mcp", headers: {Authorization: "Bearer ${WEATHER_KEY}"}}
 * }</pre>
 *
 * {@code ${NAME}} is a variable of the environment, {@code ${NAME:-text}} one with a default. {@code cwd}, {@code timeout} (seconds) and
 * {@code disabled} may stand beside; what other programs write there is not read.
 */
public final class McpServersFile {

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._ -]{1,64}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

    private final String where;
    private final Map<String, String> environment;

    private McpServersFile(String where, Map<String, String> environment) {
        this.where = where;
        this.environment = environment;
    }

    /**
     * The servers of a file, without those that are disabled.
     *
     * @param environment that {@code ${NAME}} is looked up in
     * @throws IllegalArgumentException if it is wrong; the sentence says where
     */
    public static List<McpServerConfig> read(Path file, Map<String, String> environment) {
        try {
            var tree = new YAMLMapper().readTree(Files.readString(file)); // JSON is YAML
            if (!tree.path("mcpServers").isObject())
                throw new IllegalArgumentException(file + ": \"mcpServers\" must be a map of servers by name.");
            return servers(tree.path("mcpServers"), file.toString(), environment);
        } catch (JsonProcessingException e) {
            var line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new IllegalArgumentException(
                    file + line + " is neither JSON nor YAML: " + UntrustedText.line(e.getOriginalMessage(), 200), e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + FileFault.reason(e) + ".", e);
        }
    }

    /**
     * The servers of a map of servers by name, as an assistant's file holds it.
     *
     * @param where the map stands, for messages
     */
    public static List<McpServerConfig> servers(JsonNode servers, String where, Map<String, String> environment) {
        var file = new McpServersFile(where, environment);
        var configs = new ArrayList<McpServerConfig>();
        for (var server : servers.properties()) {
            if (!NAME.matcher(server.getKey()).matches())
                throw file.fault(UntrustedText.line(server.getKey(), 64),
                        "a server's name has 1 to 64 letters, digits, spaces, ., - and _");
            if (!server.getValue().path("disabled").asBoolean()) configs.add(file.server(server.getKey(), server.getValue()));
        }
        return List.copyOf(configs);
    }

    private McpServerConfig server(String name, JsonNode server) {
        var secrets = new LinkedHashSet<String>();
        var timeout = timeout(name, server.path("timeout"));
        if (server.has("command") == server.has("url")) throw fault(name, "give either \"command\" or \"url\"");
        if (server.has("command")) {
            var folder = server.has("cwd") ? Optional.of(Path.of(text(name, "cwd", server.path("cwd"), secrets))) : Optional.<Path>empty();
            return new McpServerConfig.Stdio(name, text(name, "command", server.path("command"), secrets),
                    texts(name, server.path("args"), secrets), map(name, "env", server.path("env"), secrets), folder, timeout, secrets);
        }
        if (server.path("type").asText().equals("sse"))
            throw fault(name, "the transport \"sse\" is not spoken; ask for the server's address of streamable HTTP");
        var url = url(name, text(name, "url", server.path("url"), secrets));
        return new McpServerConfig.Http(name, url, map(name, "headers", server.path("headers"), secrets), timeout, secrets);
    }

    private Optional<Duration> timeout(String name, JsonNode seconds) {
        if (seconds.isMissingNode()) return Optional.empty();
        if (!seconds.isNumber() || seconds.asDouble() <= 0 || seconds.asDouble() > 86_400)
            throw fault(name, "\"timeout\" is a number of seconds, of a day at most");
        return Optional.of(Duration.ofMillis(Math.max(1, Math.round(seconds.asDouble() * 1000))));
    }

    private URI url(String name, String text) {
        try {
            var url = URI.create(text);
            if (url.getHost() != null && Set.of("http", "https").contains(String.valueOf(url.getScheme()))) return url;
        } catch (IllegalArgumentException e) {
            // said below, without the text: it may hold a secret
        }
        throw fault(name, "\"url\" must be an address with http:// or https://");
    }

    private List<String> texts(String name, JsonNode list, Set<String> secrets) {
        if (!list.isMissingNode() && !list.isArray()) throw fault(name, "\"args\" must be a list");
        var texts = new ArrayList<String>();
        for (var item : list) texts.add(text(name, "args", item, secrets));
        return texts;
    }

    private Map<String, String> map(String name, String key, JsonNode map, Set<String> secrets) {
        if (!map.isMissingNode() && !map.isObject()) throw fault(name, "\"" + key + "\" must be a map of texts");
        var texts = new LinkedHashMap<String, String>();
        for (var item : map.properties()) texts.put(item.getKey(), text(name, key + "." + item.getKey(), item.getValue(), secrets));
        return texts;
    }

    private String text(String name, String key, JsonNode value, Set<String> secrets) {
        if (!value.isValueNode() || value.isNull()) throw fault(name, "\"" + key + "\" must be a text");
        return VARIABLE.matcher(value.asText()).replaceAll(variable -> {
            var found = Optional.ofNullable(environment.get(variable.group(1)));
            found.ifPresent(secrets::add);
            return Matcher.quoteReplacement(found.or(() -> Optional.ofNullable(variable.group(2))).orElseThrow(
                    () -> fault(name, "\"" + key + "\" needs the environment variable " + variable.group(1) + ", which is not set")));
        });
    }

    private IllegalArgumentException fault(String name, String fault) {
        return new IllegalArgumentException(where + ": server \"" + name + "\": " + fault + ".");
    }
}
