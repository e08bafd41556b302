package dev.parley.explain.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An explanation as one HTML file that fetches nothing. What draws it, {@code explanation.js} with {@code drawing.js}, {@code words.js} and
 * {@code explanation.css}, can be put into any other page: {@link #script()} and {@link #style()}.
 */
public final class ExplanationPage {

    /** The languages that its words are in. */
    public enum Language {
        EN, ZH
    }

    private ExplanationPage() {}

    /**
     * The file's text.
     *
     * @param explanation as {@link ExplanationJson} makes it
     * @param language of its words; without one, that of the reader's browser
     */
    public static String html(JsonNode explanation, Optional<Language> language) {
        // In a script element only "<" could end the data before their end.
        var data = explanation.toString().replace("<", "\\u003c");
        return resource("page.html").replace("{{style}}", style()).replace("{{script}}", script())
                .replace("{{language}}", language.map(l -> l.name().toLowerCase(Locale.ROOT)).orElse("")).replace("{{data}}", data);
    }

    /** {@code ParleyExplanation.mount(element, data, language)}, for a page that shows explanations. */
    public static String script() {
        return resource("words.js") + resource("drawing.js") + resource("explanation.js");
    }

    /** The style of what the script draws. */
    public static String style() {
        return resource("explanation.css");
    }

    private static String resource(String name) {
        try (var in = ExplanationPage.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("The resource " + name + " is not on the class path.");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
