package dev.parley.assist.turn;

import dev.parley.assist.tools.ToolSource;
import dev.parley.generate.tools.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tools of all sources under names of their own: where two sources share a name, the source's stands before it. */
final class OfferedTools {

    /** Where a tool is. @param tool its name at the source */
    record Place(ToolSource source, String tool) {}

    private final Map<String, Place> places = new LinkedHashMap<>();
    private final List<Tool> tools = new ArrayList<>();

    OfferedTools(List<ToolSource> sources) {
        for (var source : sources) {
            for (var tool : source.tools()) {
                var name = places.containsKey(tool.name()) ? source.name() + "_" + tool.name() : tool.name();
                if (places.putIfAbsent(name, new Place(source, tool.name())) == null) tools.add(named(tool, name));
            }
        }
    }

    private static Tool named(Tool tool, String name) {
        if (tool.name().equals(name)) return tool;
        var definition = tool.definition().deepCopy();
        definition.withObject("/function").put("name", name);
        return new Tool(name, definition);
    }

    /** In the form that models are given. */
    List<Tool> tools() {
        return tools;
    }

    Optional<Place> place(String name) {
        return Optional.ofNullable(places.get(name));
    }
}
