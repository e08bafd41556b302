package dev.parley.train.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became known after a step: a line of {@code metrics.jsonl}.
 *
 * @param time seconds since 1970
 * @param numbers by the names that transformers' log history has; what is not finite is null in JSON, which has no other word for it
 * @param samples what the model writes now
 * @param note a sentence
 */
record MetricLine(long step, double time, Map<String, Double> numbers, List<Sample> samples, Optional<String> note) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the model makes of a prompt. */
    record Sample(String prompt, String text) {}

    MetricLine {
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers)); // in their order
        samples = List.copyOf(samples);
    }

    static MetricLine ofNumbers(long step, double time, Map<String, Double> numbers) {
        return new MetricLine(step, time, numbers, List.of(), Optional.empty());
    }

    static MetricLine ofSamples(long step, double time, List<Sample> samples) {
        return new MetricLine(step, time, Map.of(), samples, Optional.empty());
    }

    static MetricLine ofNote(long step, double time, String note) {
        return new MetricLine(step, time, Map.of(), List.of(), Optional.of(note));
    }

    /** Whether the other tells of the same things at the same step, as a resumed run may once more. */
    boolean repeats(MetricLine other) {
        return step == other.step && numbers.keySet().equals(other.numbers.keySet()) && samples.isEmpty() == other.samples.isEmpty()
                && note.equals(other.note);
    }

    String toJson() {
        var json = JSON.createObjectNode().put("step", step).put("time", Math.rint(1000 * time) / 1000);
        numbers.forEach((name, value) -> {
            if (Double.isFinite(value)) json.put(name, value);
            else json.putNull(name);
        });
        if (!samples.isEmpty()) {
            var array = json.putArray("samples");
            for (var sample : samples) array.addObject().put("prompt", sample.prompt).put("text", sample.text);
        }
        note.ifPresent(sentence -> json.put("note", sentence));
        return json.toString();
    }

    /** A line that was written; nothing where it is none, such as the half of one that a power cut left. */
    static Optional<MetricLine> parse(String line) {
        try {
            var json = JSON.readTree(line);
            if (json == null || !json.path("step").canConvertToLong()) return Optional.empty();
            var numbers = new LinkedHashMap<String, Double>();
            for (var entry : json.properties()) {
                if (entry.getValue().isNumber() || entry.getValue().isNull()) numbers.put(entry.getKey(), number(entry.getValue()));
            }
            numbers.remove("step");
            numbers.remove("time");
            var samples = new ArrayList<Sample>();
            for (var sample : json.path("samples")) samples.add(new Sample(sample.path("prompt").asText(), sample.path("text").asText()));
            return Optional.of(new MetricLine(json.path("step").asLong(), json.path("time").asDouble(), numbers, samples,
                    Optional.ofNullable(json.path("note").textValue())));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static double number(JsonNode value) {
        return value.isNull() ? Double.NaN : value.asDouble();
    }
}
