package dev.parley.cli;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfigBuilder;
import dev.parley.generate.config.GenerationSettings;
import dev.parley.generate.config.Setting;
import dev.parley.generate.config.SettingType;
import dev.parley.model.CausalLM;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The options that say how to choose tokens: those that {@link GenerationSettings} declares, added to the command as it is made.
 * What is not given comes from the model's generation_config.json.
 */
public final class SamplingOptions {

    private final Map<Setting<?>, Object> given = new HashMap<>();
    private final Predicate<Setting<?>> offered;

    @Option(names = "--draft-model", paramLabel = "MODEL",
            description = "A smaller model with the same tokenizer that proposes tokens; the text does not change, and comes sooner where "
                    + "the proposals are good.")
    String draftModel;

    @ArgGroup
    GrammarOptions grammar;

    private SamplingOptions(Predicate<Setting<?>> offered) {
        this.offered = offered;
    }

    static SamplingOptions ofAll() {
        return new SamplingOptions(setting -> true);
    }

    /** Those of a single answer. */
    public static SamplingOptions ofOneAnswer() {
        return new SamplingOptions(setting -> setting != GenerationSettings.NUM_RETURN_SEQUENCES);
    }

    /** Adds the options of the settings to the command that has these options. */
    @Spec(Spec.Target.MIXEE)
    void command(CommandSpec command) {
        for (var setting : GenerationSettings.all()) {
            if (offered.test(setting)) setting.doors().option().ifPresent(option -> command.addOption(spec(setting, option)));
        }
    }

    private OptionSpec spec(Setting<?> setting, Setting.Option option) {
        var spec = OptionSpec.builder(option.name()).description(setting.says().english()).getter(kept(setting)).setter(keep(setting));
        if (setting.type() == SettingType.FLAG) return spec.type(boolean.class).arity("0").build();
        spec.paramLabel(option.label()).arity("1");
        if (setting.type() == SettingType.TEXTS) return spec.type(List.class).auxiliaryTypes(String.class).build();
        return spec.type(setting.byDefault().getClass()).build();
    }

    /** What is given so far, to which picocli adds where an option may be repeated. */
    private IGetter kept(Setting<?> setting) {
        return new IGetter() {
            @Override
            @SuppressWarnings("unchecked") // an option has the type of its setting
            public <T> T get() {
                return (T) given.get(setting);
            }
        };
    }

    /** Keeps what is given; picocli clears an option before it parses, by null or its initial value. */
    private ISetter keep(Setting<?> setting) {
        return new ISetter() {
            @Override
            public <T> T set(T value) {
                if (value == null) given.remove(setting);
                else given.put(setting, value);
                return null;
            }
        };
    }

    /** A model's recommendations with what was given on the command line. */
    public GenerationConfig config(GenerationConfig recommended) throws IOException {
        var b = recommended.toBuilder();
        for (var setting : given.keySet()) set(b, setting);
        if (grammar != null) b.grammar(grammar.read());
        return b.build();
    }

    @SuppressWarnings("unchecked") // the option has the setting's type
    private <T> void set(GenerationConfigBuilder b, Setting<T> setting) {
        b.set(setting, (T) given.get(setting));
    }

    /** The draft model, loaded as the model itself is, or none. */
    Draft draft(EngineOptions engine, Output output) {
        return new Draft(draftModel == null ? Optional.empty() : Optional.of(engine.load(Downloads.model(draftModel, output))));
    }

    /** A smaller model that proposes tokens, where one was named. */
    record Draft(Optional<CausalLM> model) implements AutoCloseable {

        @Override
        public void close() {
            model.ifPresent(CausalLM::close);
        }
    }
}
