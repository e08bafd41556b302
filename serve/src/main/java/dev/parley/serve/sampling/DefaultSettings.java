package dev.parley.serve.sampling;

import static dev.parley.generate.config.GenerationSettings.MAX_NEW_TOKENS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.Setting;

/** What a setting of an answer is where a request does not say it, by the names of the API. */
public final class DefaultSettings {

    private DefaultSettings() {}

    /** {@code max_tokens} is null where an answer may fill the context. */
    public static ObjectNode of(GenerationConfig defaults) {
        var json = JsonNodeFactory.instance.objectNode();
        SettingsForm.withDefault().forEach(setting -> json.set(setting.doors().field().orElseThrow().name(), value(setting, defaults)));
        return json;
    }

    private static <T> JsonNode value(Setting<T> setting, GenerationConfig defaults) {
        if (setting == MAX_NEW_TOKENS && defaults.maxNewTokens() == 0) return JsonNodeFactory.instance.nullNode();
        return setting.type().writer().apply(defaults.get(setting));
    }
}
