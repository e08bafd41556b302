package dev.parley.eval.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * One HTML file that shows runs side by side, each figure with its interval, and lets every sample be read: what was asked, what was
 * right, what each run answered. It needs nothing beside itself.
 */
public final class HtmlReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private HtmlReport() {}

    /** The page. */
    public static String of(Comparison comparison) {
        try (var page = HtmlReport.class.getResourceAsStream("report.html")) {
            var template = new String(page.readAllBytes(), StandardCharsets.UTF_8);
            // Whatever a model or a data set says stays a string: the page ends no script and begins no tag with it.
            var data = JSON.writeValueAsString(data(comparison)).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
                    .replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
            return template.replace("/*DATA*/null", data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // trees can always be written
        } catch (IOException e) {
            throw new UncheckedIOException("The page cannot be read from the program: " + e.getMessage() + ".", e);
        }
    }

    private static JsonNode data(Comparison comparison) {
        var data = JSON.createObjectNode();
        comparison.runs().forEach(r -> data.withArray("runs").add(r.name()));
        var settings = data.putObject("settings");
        comparison.differingSettings().forEach((name, values) -> values.forEach(settings.withArray("/" + name.replace("/", "~1"))::add));
        var rows = data.putArray("rows");
        for (var row : comparison.rows()) {
            var json = rows.addObject().put("task", row.task()).put("metric", row.metric()).put("higher", row.higherIsBetter());
            row.values().forEach(v -> json.withArray("values").add(number(v)));
            row.errors().forEach(e -> json.withArray("errors").add(number(e)));
            for (int i = 0; i < row.differences().size(); i++)
                json.withArray("differences").add(i == 0 ? "" : Comparison.written(row.differences().get(i)));
        }
        var samples = data.putObject("samples");
        var tasks = new LinkedHashSet<String>();
        comparison.runs().forEach(r -> tasks.addAll(r.samples().keySet()));
        for (var task : tasks) {
            var ofRuns = samples.putArray(task);
            for (var run : comparison.runs()) ofRuns.addArray().addAll(run.samples().getOrDefault(task, List.of()));
        }
        return data;
    }

    private static JsonNode number(double value) {
        return Double.isFinite(value) ? JSON.getNodeFactory().numberNode(value) : JSON.getNodeFactory().nullNode();
    }
}
