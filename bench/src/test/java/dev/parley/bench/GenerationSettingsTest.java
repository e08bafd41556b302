package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.config.Range;
import dev.parley.generate.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A setting of a generation is declared once, and the documentation says the same. */
class GenerationSettingsTest {

    private static final String DECLARATION = "generate/src/main/java/dev/parley/generate/config/GenerationSettings.java";

    private static final String BEGIN = "<!-- settings -->";
    private static final String END = "<!-- /settings -->";

    /** Files that say which settings contradict each other, or what transformers would do beside one. */
    private static final Set<String> CONTRADICTIONS = Set.of("GenerationConfigBuilder.java", "GenerationConfigFile.java");

    /**
     * Names that other formats have too: the config.json of a model, the responses of OpenAI's API, which repeat top_p, and an assistant's
     * file, whose top_k is how many passages it reads.
     */
    private static final Set<String> OF_OTHERS = Set.of("eos_token_id", "use_cache", "top_p", "top_k");

    /** Task files are another program's: it has names of its own for settings of generation. */
    private static final String TASK_FILES = "eval/src/main/java/dev/parley/eval/harness";

    private static List<String> names() {
        return GenerationSettings.all().stream().map(Setting::name).filter(name -> name.contains("_") && !OF_OTHERS.contains(name))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aSettingIsNamedWhereItIsDeclaredAndNowhereElseInTheSources(String name) throws IOException {
        var root = Repository.root();
        var word = Pattern.compile("\\b" + name + "\\b");
        var found = new ArrayList<String>();
        try (var files = Files.walk(root)) {
            for (var file : files.filter(f -> f.toString().contains("/src/main/") && f.toString().matches(".*\\.(java|js|json|html)"))
                    .toList()) {
                var others = file.startsWith(root.resolve("bench")) || file.startsWith(root.resolve(TASK_FILES));
                if (!others && !CONTRADICTIONS.contains(file.getFileName().toString()) && word.matcher(Files.readString(file)).find())
                    found.add(root.relativize(file).toString());
            }
        }
        assertEquals(List.of(DECLARATION), found);
    }

    @Test
    void everyDefaultIsInItsRangeAndEverySentenceIsInBothLanguages() {
        assertEquals(GenerationSettings.all().size(), GenerationSettings.all().stream().map(Setting::name).distinct().count());
        for (var setting : GenerationSettings.all()) {
            assertEquals(setting.byDefault(), GenerationConfig.DEFAULT.get(setting), setting.name());
            assertEquals(setting, GenerationSettings.all().get(setting.index()));
            assertTrue(setting.says().english().matches("\\p{Upper}.*\\."), setting.name());
            assertTrue(setting.says().chinese().endsWith("。") && setting.says().chinese().codePoints().anyMatch(Character::isIdeographic),
                    setting.name());
        }
    }

    @Test
    void theTableOfGenerationIsThatOfTheSettings() throws IOException {
        var rows = GenerationSettings.all().stream().map(s -> "| `" + s.name() + "` | " + s.type().words() + " | " + plain(s) + " | "
                + s.doors().option().map(option -> "`" + option.name() + "`").orElse(s.ofModel() ? "Java, model" : "Java") + " | "
                + s.says().english() + " |");
        assertTable("docs/generation.md",
                "| setting | type | default | command line | |\n|---|---|---|---|---|\n" + rows.collect(Collectors.joining("\n")));
    }

    @Test
    void theTableOfTheApiIsThatOfTheSettings() throws IOException {
        var rows = GenerationSettings.all().stream().filter(s -> s.doors().field().isPresent()).map(s -> {
            var field = s.doors().field().orElseThrow();
            return "| `" + field.name() + "` | " + s.type().words() + range(field.range()) + " | " + s.says().english() + " |";
        });
        assertTable("docs/api.md", "| field | value | |\n|---|---|---|\n" + rows.collect(Collectors.joining("\n")));
    }

    private static void assertTable(String file, String table) throws IOException {
        var text = Files.readString(Repository.root().resolve(file));
        var there = text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END)).strip();
        assertEquals(table, there, () -> "Between " + BEGIN + " and " + END + ", " + file + " must have this table:\n" + table + "\n");
    }

    private static String plain(Setting<?> setting) {
        return switch (setting.byDefault()) {
            case Double number -> Range.plain(number);
            case Number number -> number.toString();
            case List<?> list -> "none";
            case Map<?, ?> map -> "none";
            case Optional<?> optional -> "none";
            default -> setting.byDefault().toString().toLowerCase(Locale.ROOT);
        };
    }

    private static String range(Range range) {
        if (range.equals(Range.ANY)) return "";
        return range.most() == Double.POSITIVE_INFINITY ? " from " + Range.plain(range.least())
                : " from " + Range.plain(range.least()) + " to " + Range.plain(range.most());
    }
}
