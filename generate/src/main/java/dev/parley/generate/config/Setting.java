package dev.parley.generate.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One thing that can be said about how a text is continued. What declares it is {@link GenerationSettings}; the command
 * line, requests, the web chat, {@code generation_config.json} and the tables of the documentation follow from there.
 *
 * @param index its place among all settings
 * @param name as transformers writes it
 * @param range of a number
 * @param says what it does, for the help, the web chat and the documentation
 * @param ofModel whether a model can recommend it in {@code generation_config.json}
 */
public record Setting<T>(int index, String name, SettingType<T> type, T byDefault, Range range, Text says, boolean ofModel, Doors doors) {

    /** The same in both languages of the web chat. */
    public record Text(String english, String chinese) {}

    /** Where it can be said, beside Java. */
    public record Doors(Optional<Option> option, Optional<Field> field, Optional<Row> row) {}

    /**
     * An option of the command line.
     *
     * @param label of its value, empty where it has none
     */
    public record Option(String name, String label) {}

    /**
     * A field of a request.
     *
     * @param range which may differ from the setting's own: the nearest number is then taken
     */
    public record Field(String name, Range range) {}

    /**
     * A row of the web chat's form, named as the field of a request.
     *
     * @param range of the slider
     */
    public record Row(Text label, Range range, double step) {}

    /** A setting that is said from Java, and by a model if it may. */
    Setting(String name, SettingType<T> type, T byDefault, Range range, String english, String chinese) {
        this(-1, name, type, byDefault, range, new Text(english, chinese), true,
                new Doors(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    Setting<T> at(int index) {
        return new Setting<>(index, name, type, byDefault, range, says, ofModel, doors);
    }

    /** It belongs to a request and not to a model. */
    Setting<T> ofRequest() {
        return new Setting<>(index, name, type, byDefault, range, says, false, doors);
    }

    /** With an option of its own name. */
    Setting<T> option(String label) {
        return option("--" + name.replace('_', '-'), label);
    }

    Setting<T> option(String option, String label) {
        return through(new Doors(Optional.of(new Option(option, label)), doors.field, doors.row));
    }

    /** With a field of its own name. */
    Setting<T> field(Range range) {
        return field(name, range);
    }

    /** With a field of the name that OpenAI's API has for it. */
    Setting<T> field(String field, Range range) {
        return through(new Doors(doors.option, Optional.of(new Field(field, range)), doors.row));
    }

    Setting<T> row(String english, String chinese, Range range, double step) {
        return through(new Doors(doors.option, doors.field, Optional.of(new Row(new Text(english, chinese), range, step))));
    }

    private Setting<T> through(Doors doors) {
        return new Setting<>(index, name, type, byDefault, range, says, ofModel, doors);
    }

    /** Its value in a JSON object, or another where it is not there. */
    T read(JsonNode json, T otherwise) {
        return type.reader().apply(json.path(name), otherwise);
    }

    /** What is wrong with a value, if anything is. */
    Optional<String> fault(T value) {
        if (!type.sound().test(value)) return Optional.of(name + " " + type.fault());
        return value instanceof Number number ? range.fault(number).map(fault -> name + " " + fault) : Optional.empty();
    }
}
