package dev.parley.assist;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A text in several languages, or in one for all.
 *
 * <pre>{@code
 * LocalText.of(Map.of("en", "Sorry.", "zh", "抱歉。")).in("zh");   // 抱歉。
 * }</pre>
 *
 * @param texts by the language's code of two letters; the first stands for languages that are not there
 */
public record LocalText(Map<String, String> texts) {

    /** No text at all. */
    public static final LocalText NONE = new LocalText(Map.of());

    /** Keeps the order. */
    public LocalText {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** One text for all languages. */
    public static LocalText of(String text) {
        return new LocalText(Map.of("", text));
    }

    /** The text in a language, or in the first that it has; empty if there is none. */
    public String in(String language) {
        var text = texts.get(language);
        return text != null ? text : texts.values().stream().findFirst().orElse("");
    }

    /** Whether it says nothing. */
    public boolean isEmpty() {
        return texts.values().stream().allMatch(String::isBlank);
    }
}
