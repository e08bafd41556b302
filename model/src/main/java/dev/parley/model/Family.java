package dev.parley.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * A family of models: how its {@code config.json} is read and written, and what network it is. All else works from the
 * {@link ModelConfig} and the {@link Blueprint} that a family makes. Those of {@link dev.parley.model.families} come with Parley;
 * another is found when its name stands in {@code META-INF/services/dev.parley.model.Family}.
 *
 * <p>A family has no state. Make it a record without components, so that any two of one family are equal.
 */
public interface Family {

    /** {@code model_type} in config.json. */
    String modelType();

    /** {@code architectures} in config.json: transformers' class of it. */
    String architecture();

    /**
     * The config that a config.json says.
     *
     * @throws ModelException if it holds a setting that Parley does not honour
     * @throws IllegalArgumentException if its values make no model
     */
    ModelConfig read(ConfigSettings settings);

    /** Writes into a config.json what this family says in a way of its own; {@link ModelConfig#write} adds what all have. */
    void write(ModelConfig config, ObjectNode json);

    /** The network of a config. */
    Blueprint blueprint(ModelConfig config);

    /** What this family's config.json calls a setting that Llama's calls {@code name}, for messages. */
    default String settingName(String name) {
        return name;
    }

    // ---- other files ----

    /** {@code general.architecture} in GGUF files; empty where Parley does not know the family's form there. */
    default Optional<String> ggufArchitecture() {
        return Optional.empty();
    }

    /** Whether a GGUF file holds a model of this family. */
    default boolean recognises(GgufSettings gguf) {
        return ggufArchitecture().filter(gguf.architecture()::equals).isPresent();
    }

    /** The config.json that a recognised GGUF file would have; the model's type, vocabulary and special tokens are added by the caller. */
    default ObjectNode readGguf(GgufSettings gguf) {
        throw new ModelException(gguf.file() + ": GGUF's form of " + modelType() + " is not known to this version of Parley.");
    }

    /**
     * Writes into a GGUF file what this family says there in a way of its own.
     *
     * @param setting takes names without the architecture's
     */
    default void writeGguf(ModelConfig config, BiConsumer<String, Object> setting) {}

    /** A file that folders may have in place of config.json; empty for none. */
    default Optional<String> otherConfigFile() {
        return Optional.empty();
    }

    /** The config.json that such a file stands for. */
    default ObjectNode readOtherConfigFile(ConfigSettings settings) {
        throw new ModelException("Folders of " + modelType() + " have a config.json and no other.");
    }

    // ---- those that are known ----

    /** All that are known. */
    static List<Family> all() {
        return Known.FAMILIES;
    }

    /** The family of a {@code model_type}. */
    static Optional<Family> of(String modelType) {
        return all().stream().filter(f -> f.modelType().equals(modelType)).findFirst();
    }

    /** All that are known, for messages. */
    static String known() {
        return all().stream().map(Family::modelType).collect(Collectors.joining(", "));
    }

    /** Found once, when they are first asked for. */
    final class Known {

        private static final List<Family> FAMILIES = ServiceLoader.load(Family.class, Family.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get).toList();

        private Known() {}
    }
}
