package dev.parley.serve.sampling;

import static dev.parley.generate.config.GenerationSettings.MAX_NEW_TOKENS;
import static dev.parley.generate.config.GenerationSettings.SEED;
import static dev.parley.generate.config.GenerationSettings.SEQUENCE_BIAS;
import static dev.parley.generate.config.GenerationSettings.STOP_STRINGS;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.config.Range;
import dev.parley.generate.config.Setting;
import dev.parley.generate.config.Setting.Field;
import dev.parley.generate.config.SettingType;
import java.util.stream.Stream;

/** The settings that a request may have, for those who show or describe them: the web chat's form and {@code /openapi.json}. */
public final class SettingsForm {

    private SettingsForm() {}

    /** The rows of the web chat's form, with their words in both languages. */
    public static ArrayNode rows() {
        var rows = JsonNodeFactory.instance.arrayNode();
        for (var setting : GenerationSettings.all()) {
            setting.doors().row().ifPresent(row -> {
                var json = rows.addObject().put("name", setting.doors().field().orElseThrow().name());
                json.set("label", words(row.label()));
                json.set("description", words(setting.says()));
                bounds(json, setting.type(), row.range()).put("step", row.step());
            });
        }
        return rows;
    }

    private static ObjectNode words(Setting.Text text) {
        return JsonNodeFactory.instance.objectNode().put("en", text.english()).put("zh", text.chinese());
    }

    /** The settings of the form for which a model has a default; a seed is drawn. */
    static Stream<Setting<?>> withDefault() {
        return GenerationSettings.all().stream().filter(setting -> setting.doors().row().isPresent() && setting != SEED);
    }

    /** Schemas of the fields of all requests to generate; each route describes its own limit. */
    public static ObjectNode requestSchemas() {
        var schemas = JsonNodeFactory.instance.objectNode();
        for (var setting : GenerationSettings.all()) {
            if (setting != MAX_NEW_TOKENS) setting.doors().field().ifPresent(field -> schemas.set(field.name(), schema(setting, field)));
        }
        return schemas;
    }

    private static ObjectNode schema(Setting<?> setting, Field field) {
        var schema = JsonNodeFactory.instance.objectNode();
        if (setting == STOP_STRINGS) {
            schema.putArray("type").add("string").add("array");
            schema.put("maxItems", SamplingFields.MOST_STOPS).putObject("items").put("type", "string");
        } else if (setting == SEQUENCE_BIAS) { // of single tokens, by their ids
            bounds(schema.put("type", "object").putObject("additionalProperties").put("type", "number"), SettingType.NUMBER, field.range());
        } else {
            bounds(schema.put("type", setting.type().words()), setting.type(), field.range());
        }
        return schema.put("description", setting.says().english());
    }

    /** Schemas of {@link DefaultSettings}. */
    public static ObjectNode defaultSchemas() {
        var schemas = JsonNodeFactory.instance.objectNode();
        withDefault().forEach(setting -> {
            var schema = schemas.putObject(setting.doors().field().orElseThrow().name());
            if (setting == MAX_NEW_TOKENS)
                schema.put("description", "null: to the end of the context").putArray("type").add("integer").add("null");
            else schema.put("type", setting.type().words());
        });
        return schemas;
    }

    private static ObjectNode bounds(ObjectNode json, SettingType<?> type, Range range) {
        bound(json, "minimum", type, range.least());
        bound(json, "maximum", type, range.most());
        return json;
    }

    private static void bound(ObjectNode json, String name, SettingType<?> type, double bound) {
        if (Double.isInfinite(bound)) return;
        if (type == SettingType.NUMBER && bound != Math.rint(bound)) json.put(name, bound);
        else json.put(name, (long) bound);
    }
}
