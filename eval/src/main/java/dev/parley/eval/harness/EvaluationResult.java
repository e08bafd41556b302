package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What came of a run.
 *
 * @param settings all that changes a score, of the model and of the run
 */
public record EvaluationResult(List<TaskResult> tasks, List<GroupResult> groups, ObjectNode settings) {

    /**
     * A task's figures.
     *
     * @param documents of the split that was asked; {@code samples} may be fewer, by a limit
     */
    public record TaskResult(TaskConfig config, int numFewshot, int documents, List<Figure> figures, List<SampleResult> samples) {

        /** The name of the task. */
        public String name() {
            return config.name();
        }
    }

    /** A group's figures. */
    public record GroupResult(TaskGroup group, List<Figure> figures) {}

    /**
     * A sample and what became of it.
     *
     * @param responses to each request
     * @param answers by the name of the filter, what it made of each response
     * @param metrics by the figure's key, the sample's numbers
     */
    public record SampleResult(Sample sample, List<JsonNode> responses, Map<String, List<JsonNode>> answers,
            Map<String, double[]> metrics) {}

    /** A figure of a task or group; of several filters the first. */
    public Optional<Figure> figure(String name, String metric) {
        var ofTask = tasks.stream().filter(t -> t.name().equals(name)).flatMap(t -> t.figures().stream());
        var ofGroup = groups.stream().filter(g -> g.group().name().equals(name)).flatMap(g -> g.figures().stream());
        return Stream.concat(ofGroup, ofTask).filter(f -> f.metric().equals(metric) || f.key().equals(metric)).findFirst();
    }
}
