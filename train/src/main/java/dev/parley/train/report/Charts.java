package dev.parley.train.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Pages with curves that need nothing beside themselves: uPlot, {@code charts.js} and {@code charts.css} are put into them.
 *
 * <pre>{@code
 * new ParleyCharts(element).draw("Loss", {"loss": [[10, 20], [5.1, 4.2]]});   // in the page
 * }</pre>
 */
public final class Charts {

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private Charts() {}

    /** What draws: {@code ParleyCharts}. */
    public static String script() {
        return inScript(resource(UPLOT + "uPlot.iife.min.js")) + "\n" + resource("charts.js");
    }

    /** How it looks, in light and dark. */
    public static String style() {
        return resource(UPLOT + "uPlot.min.css") + resource("charts.css");
    }

    /** Data that a script can read: whatever a model or a file says stays a string, and ends no script. */
    public static String data(JsonNode data) {
        return data.toString().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static String inScript(String source) {
        return source.replace("</script", "<\\/script");
    }

    /** A page of this package with its title and its data. */
    static String page(String name, String title, JsonNode data) {
        return resource(name).replace("{{style}}", style()).replace("{{script}}", script()).replace("{{title}}", escaped(title))
                .replace("{{data}}", data(data));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String resource(String name) {
        try (var in = Charts.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("The resource " + name + " is not on the class path.");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
