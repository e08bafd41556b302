package dev.parley.data.cleaning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The steps of cleaning by name, each with the settings that it has.
 *
 * <pre>{@code
 * steps:
 *   - unicode
 *   - whitespace
 *   - language: {keep: [en, zh]}
 *   - gopher-quality: {min_words: 20, max_symbols: off}
 * }</pre>
 */
public final class CleaningSteps {

    private static final long LARGEST_RECIPE = 1 << 20;
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<String, Function<StepSettings, CleaningStep>> BY_NAME = byName();
    private static final Map<String, List<String>> PRESETS = Map.of("none", List.of(),
            "light", List.of("unicode", "control-characters", "whitespace"),
            "web", List.of("unicode", "control-characters", "whitespace", "mask", "c4-lines", "duplicate-lines", "duplicate-paragraphs",
                    "c4-page", "gopher-quality", "gopher-repetition"));

    private CleaningSteps() {}

    private static Map<String, Function<StepSettings, CleaningStep>> byName() {
        var steps = new LinkedHashMap<String, Function<StepSettings, CleaningStep>>();
        steps.put("unicode", s -> new UnicodeRepair(s.part("most_lost", 0.001, 1)));
        steps.put("control-characters", _ -> new ControlCharacters());
        steps.put("whitespace", _ -> new Whitespace());
        steps.put("mask", s -> new Masking(kinds(s.texts("kinds", List.of("email", "phone", "card", "ip")))));
        steps.put("c4-lines", s -> new C4Lines(s.integer("min_words", 5)));
        steps.put("duplicate-lines", s -> new RepeatedParts(RepeatedParts.Part.LINES, s.integer("min_characters", 20)));
        steps.put("duplicate-paragraphs", s -> new RepeatedParts(RepeatedParts.Part.PARAGRAPHS, s.integer("min_characters", 20)));
        steps.put("c4-page", s -> new C4Page(s.integer("min_sentences", 3), s.truth("curly_brackets", false)));
        steps.put("length", s -> new Length(s.integer("min_words", 10), s.integer("max_words", Integer.MAX_VALUE)));
        steps.put("gopher-quality", CleaningSteps::quality);
        steps.put("gopher-repetition", CleaningSteps::repetition);
        steps.put("language", s -> new LanguageFilter(Set.copyOf(s.texts("keep", List.of("en"))), s.part("min_confidence", 0.65, 0)));
        return steps;
    }

    private static Set<Masking.Kind> kinds(List<String> names) {
        var kinds = EnumSet.noneOf(Masking.Kind.class);
        for (var name : names) {
            try {
                kinds.add(Masking.Kind.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("mask: there is no kind " + name + "; there are email, phone, card, ip.", e);
            }
        }
        return kinds;
    }

    private static CleaningStep quality(StepSettings s) {
        var usual = GopherQuality.PUBLISHED;
        return new GopherQuality(s.integer("min_words", usual.minWords()), s.integer("max_words", usual.maxWords()),
                s.number("min_mean_word", usual.minMeanWord()), s.number("max_mean_word", usual.maxMeanWord()),
                s.number("max_symbols", usual.maxSymbols()), s.number("max_bullets", usual.maxBullets()),
                s.number("max_ellipses", usual.maxEllipses()), s.number("min_alphabetic", usual.minAlphabetic()),
                s.integer("min_stop_words", usual.minStopWords()));
    }

    private static CleaningStep repetition(StepSettings s) {
        var usual = GopherRepetition.PUBLISHED;
        return new GopherRepetition(s.part("lines", usual.lines(), 1), s.part("paragraphs", usual.paragraphs(), 1),
                s.part("line_characters", usual.lineCharacters(), 1), s.part("paragraph_characters", usual.paragraphCharacters(), 1),
                s.parts("top_ngrams", usual.topNGrams()), s.parts("duplicate_ngrams", usual.duplicateNGrams()));
    }

    /** All names, in the order in which they are best applied. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * Steps with their default settings.
     *
     * @param names of steps, or {@code light} (repairs that change no meaning), {@code web} (C4's and Gopher's rules and masks as well)
     *     or {@code none}
     */
    public static List<CleaningStep> of(List<String> names) {
        var steps = new ArrayList<CleaningStep>();
        for (var name : names) {
            for (var step : PRESETS.getOrDefault(name, List.of(name))) steps.add(step(step, MissingNode.getInstance()));
        }
        return List.copyOf(steps);
    }

    private static CleaningStep step(String name, JsonNode values) {
        var maker = BY_NAME.get(name);
        if (maker == null)
            throw new IllegalArgumentException("There is no step " + name + "; there are " + String.join(", ", BY_NAME.keySet()) + ".");
        var settings = new StepSettings(name, values);
        return settings.checked(maker.apply(settings));
    }

    /**
     * Reads a recipe: {@code steps:}, a list of names and of names with settings.
     *
     * @throws IllegalArgumentException naming the file and what is wrong in it
     */
    public static List<CleaningStep> read(Path recipe) throws IOException {
        if (Files.size(recipe) > LARGEST_RECIPE) throw new IllegalArgumentException(recipe + " is larger than 1 MiB, and no recipe.");
        try {
            return steps(YAML.readTree(Files.readString(recipe)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(recipe + ": this is not YAML (" + e.getOriginalMessage() + ").", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(recipe + ": " + e.getMessage(), e);
        }
    }

    private static List<CleaningStep> steps(JsonNode recipe) {
        var list = recipe == null ? MissingNode.getInstance() : recipe.path("steps");
        if (!list.isArray()) throw new IllegalArgumentException("It holds no list under steps:.");
        var steps = new ArrayList<CleaningStep>();
        for (var item : list) {
            if (item.isTextual()) {
                steps.addAll(of(List.of(item.asText())));
            } else if (item.isObject() && item.size() == 1) {
                steps.add(step(item.fieldNames().next(), item.iterator().next()));
            } else {
                throw new IllegalArgumentException(
                        "A step is a name, or a name with settings such as language: {keep: [en]}, not " + item + ".");
            }
        }
        return List.copyOf(steps);
    }
}
