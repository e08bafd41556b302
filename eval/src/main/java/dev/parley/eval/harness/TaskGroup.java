package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Tasks under one name, and which of their figures become one.
 *
 * @param tasks all below it, those of its groups included
 * @param version as its author gives it
 */
public record TaskGroup(String name, String alias, List<String> children, List<String> tasks, List<Aggregate> aggregates, String version) {

    /**
     * A metric of the group.
     *
     * @param filters whose figures are joined; empty for all that there are
     * @param weightBySize whether a task counts as often as it has samples
     */
    public record Aggregate(String metric, List<String> filters, boolean weightBySize) {}

    static List<Aggregate> aggregates(String group, JsonNode written) {
        var aggregates = new ArrayList<Aggregate>();
        for (var entry : written.isObject() ? List.of(written) : written) {
            var by = entry.path("aggregation").asText("mean");
            if (!by.equals("mean"))
                throw new TaskException("The group " + group + " joins its tasks by \"" + by + "\"; groups are joined by mean.");
            var filters = new ArrayList<String>();
            var named = entry.path("filter_list");
            if (named.isTextual()) filters.add(named.asText());
            else named.forEach(f -> filters.add(f.asText()));
            aggregates.add(new Aggregate(entry.path("metric").asText(), filters, entry.path("weight_by_size").asBoolean(true)));
        }
        return aggregates;
    }
}
