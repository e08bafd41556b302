package dev.parley.assist;

import dev.parley.assist.yaml.YamlValue;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.config.Setting;
import dev.parley.generate.config.SettingType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an assistant's file says about how tokens are chosen; the rest is as its model recommends.
 *
 * @param values by setting, each of the setting's type
 */
public record SamplingSettings(Map<Setting<?>, Object> values) {

    /** As the model recommends. */
    public static final SamplingSettings NONE = new SamplingSettings(Map.of());

    /** Copies the map. */
    public SamplingSettings {
        values = Map.copyOf(values);
    }

    static SamplingSettings read(YamlValue sampling) {
        var known = GenerationSettings.all().stream().filter(SamplingSettings::isOfFile)
                .collect(Collectors.toMap(Setting::name, setting -> (Setting<?>) setting));
        var values = new LinkedHashMap<Setting<?>, Object>();
        sampling.entries().forEach((key, value) -> {
            var setting = known.get(key);
            if (setting == null) throw value.fault("is no setting of a generation; docs/generation.md lists them.");
            values.put(setting, read(setting, value));
        });
        return new SamplingSettings(values);
    }

    /** How many answers are made says {@code best_of}, and their form {@code output}. */
    private static boolean isOfFile(Setting<?> setting) {
        return setting != GenerationSettings.NUM_RETURN_SEQUENCES && setting.type() != SettingType.GRAMMAR;
    }

    private static <T> T read(Setting<T> setting, YamlValue value) {
        var json = value.json();
        var fits = setting.type() == SettingType.INTEGER ? json.canConvertToInt() && json.isIntegralNumber()
                : setting.type() == SettingType.LONG ? json.isIntegralNumber()
                        : setting.type() == SettingType.NUMBER ? json.isNumber()
                                : setting.type() == SettingType.FLAG ? json.isBoolean() : !json.isNull();
        if (!fits) throw value.fault("is " + json + "; it is of the type " + setting.type().words() + ".");
        var read = setting.type().reader().apply(json, setting.byDefault());
        try {
            GenerationConfig.builder().set(setting, read).build();
        } catch (IllegalArgumentException e) {
            throw value.fault("is " + json + ". " + e.getMessage());
        }
        return read;
    }

    /** A model's recommendations with these. */
    public GenerationConfig over(GenerationConfig recommended) {
        var builder = recommended.toBuilder();
        values.keySet().forEach(setting -> set(builder, setting));
        return builder.build();
    }

    @SuppressWarnings("unchecked") // read() put a value of the setting's type
    private <T> void set(GenerationConfigBuilder builder, Setting<T> setting) {
        builder.set(setting, (T) values.get(setting));
    }
}
