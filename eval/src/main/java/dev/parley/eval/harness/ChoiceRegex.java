package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The filter {@code multi_choice_regex}: the letter of a choice in what a model said. First by an expression, then by a choice's words,
 * then by a letter after a colon; a choice is told as {@code (A)}. The choices are the document's field {@code choices}.
 */
record ChoiceRegex(PythonRegex regex, int select, String fallback, JsonNode options) {

    private static final PythonRegex PUNCTUATION = PythonRegex.compile("\\p{P}");

    static ChoiceRegex of(JsonNode step) {
        return new ChoiceRegex(PythonRegex.compile(step.path("regex_pattern").asText(FilterPipeline.USUAL_REGEX)),
                step.path("group_select").asInt(0), step.path("fallback").asText("[invalid]"), step);
    }

    String apply(String said, JsonNode document) {
        if (!document.path("choices").isArray())
            throw new TaskException("The filter multi_choice_regex reads the field choices of a document, a list; there is none.");
        Map<String, String> byWords = new HashMap<>(), byLetter = new HashMap<>();
        List<String> words = new ArrayList<>(), letters = new ArrayList<>();
        for (var choice : document.path("choices")) {
            var letter = Character.toString('A' + letters.size());
            letters.add(letter);
            byLetter.put(letter, "(" + letter + ")");
            words.add(plain(choice.asText().strip()));
            byWords.put(words.getLast(), "(" + letter + ")");
        }
        var found = found(regex, said, Map.of());
        if (found.isEmpty())
            found = found(PythonRegex.of(Pattern.compile(words.stream().map(Pattern::quote).collect(Collectors.joining("|")))), plain(said),
                    byWords);
        if (found.isEmpty()) found = found(PythonRegex.compile(":[\\s]*(" + String.join("|", letters) + ")"), said, byLetter);
        return found.isEmpty() ? fallback : found;
    }

    private String found(PythonRegex by, String text, Map<String, String> names) {
        var matches = by.findAll(text);
        if (matches.isEmpty()) return "";
        var found = FilterPipeline.selected(matches, select, options).stream().filter(g -> !g.isEmpty()).findFirst().orElse("").strip();
        return names.getOrDefault(found, found);
    }

    private String plain(String text) {
        for (var ignored : options.path("regexes_to_ignore")) text = PythonRegex.compile(ignored.asText()).replaceAll(text, "");
        if (options.path("ignore_case").asBoolean()) text = text.toLowerCase(Locale.ROOT);
        return options.path("ignore_punctuation").asBoolean() ? PUNCTUATION.replaceAll(text, "") : text;
    }
}
