package dev.parley.assist.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.tools.Tool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/**
 * The tools of several sources as one list, and the calls of them, each of which needs consent.
 *
 * <pre>{@code
 * var consent = Consent.allowList(Set.of("files/read_file"), askThePerson);
 * try (var tools = new Toolbox(List.of(files, weather), consent)) {
 *     var result = tools.call("read_file", arguments);
 * }
 * }</pre>
 *
 * A tool is called as its source calls it; where two sources have a tool of the same name, the source's name stands before,
 * {@code files_search}. Threads may share it.
 */
public final class Toolbox implements AutoCloseable {

    private static final int LONGEST_NAME = 64;

    /**
     * Where a tool is from.
     *
     * @param source by which consent is asked
     * @param tool the source's own name of it
     */
    public record Origin(ToolSource source, String tool) {

        /** {@code source/tool}, as allow lists write it. */
        public String address() {
            return source.name() + "/" + tool;
        }
    }

    private final List<ToolSource> sources;
    private final Consent consent;
    private volatile Map<String, Origin> origins = Map.of();

    /** Tools of these sources, which are its own from now on. */
    public Toolbox(List<ToolSource> sources, Consent consent) {
        this.sources = List.copyOf(sources);
        this.consent = consent;
    }

    /** The tools that there are now. Sources are asked at once, so that several that hang cost the time limit of one. */
    public List<Tool> tools() {
        var offered = offered();
        var counts = new HashMap<String, Integer>();
        offered.values().forEach(tools -> tools.forEach(tool -> counts.merge(tool.name(), 1, Integer::sum)));
        var named = new LinkedHashMap<String, Origin>();
        var tools = new ArrayList<Tool>();
        offered.forEach((source, list) -> {
            for (var tool : list) {
                var wanted = counts.get(tool.name()) == 1 ? tool.name() : prefixed(source.name(), tool.name());
                var name = free(wanted, named);
                named.put(name, new Origin(source, tool.name()));
                tools.add(name.equals(tool.name()) ? tool : renamed(tool, name));
            }
        });
        origins = Map.copyOf(named);
        return List.copyOf(tools);
    }

    private Map<ToolSource, List<Tool>> offered() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new LinkedHashMap<ToolSource, CompletableFuture<List<Tool>>>();
            for (var source : sources) asked.put(source, CompletableFuture.supplyAsync(source::tools, threads));
            var offered = new LinkedHashMap<ToolSource, List<Tool>>();
            asked.forEach((source, tools) -> offered.put(source, tools.join()));
            return offered;
        }
    }

    private static String prefixed(String source, String tool) {
        var prefix = source.replaceAll("[^a-zA-Z0-9_-]+", "_");
        return cut(prefix + "_" + tool, LONGEST_NAME);
    }

    private static String free(String wanted, Map<String, Origin> taken) {
        var name = wanted;
        for (int n = 2; taken.containsKey(name); n++) name = cut(wanted, LONGEST_NAME - 4) + "_" + n;
        return name;
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    private static Tool renamed(Tool tool, String name) {
        var definition = tool.definition().deepCopy();
        ((ObjectNode) definition.path("function")).put("name", name);
        return new Tool(name, definition);
    }

    /** Where a tool of {@link #tools()} is from. */
    public Optional<Origin> origin(String name) {
        return Optional.ofNullable(origins.get(name));
    }

    /**
     * Calls a tool by its name in {@link #tools()}, if consent is given. What goes wrong is a result too, which a model can read.
     * Interrupting the thread stops the call.
     */
    public ToolResult call(String name, ObjectNode arguments) {
        var origin = origin(name);
        if (origin.isEmpty()) {
            return new ToolResult("There is no tool " + UntrustedText.line(name, LONGEST_NAME) + "; there are: "
                    + String.join(", ", origins.keySet().stream().sorted().toList()) + ".", true);
        }
        var source = origin.get().source();
        if (!consent.allows(source.name(), origin.get().tool(), arguments))
            return new ToolResult("The user did not allow this call of " + name + ".", true);
        return source.call(origin.get().tool(), arguments);
    }

    /** Closes its sources, at once. */
    @Override
    public void close() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            sources.forEach(source -> threads.execute(source::close));
        }
    }
}
