package dev.parley.cli;

import dev.parley.assist.moderation.FallbackModerator;
import dev.parley.assist.moderation.GuardModel;
import dev.parley.assist.moderation.GuardModelException;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.moderation.RuleModerator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which guard model moderates. */
public final class ModerationOptions {

    @Option(names = "--moderation-model", paramLabel = "DIR|ORG/NAME",
            description = "A guard model that moderates, of the families Qwen3Guard-Gen and Llama Guard 3, such as "
                    + "Qwen/Qwen3Guard-Gen-0.6B. "
                    + "Where it fails, and without one, rules do.")
    private String model;

    @Option(names = "--moderation-template", paramLabel = "FILE",
            description = "The guard model's chat template, if its folder or file has lost it.")
    private Path template;

    @Option(names = "--moderation-strict", description = "Also flag what the guard model calls controversial.")
    private boolean strict;

    /**
     * What moderates, and what is to be closed after it.
     *
     * @param moderator empty if no guard model was named
     */
    public record Opened(Optional<Moderator> moderator, Optional<GuardModel> guard, Optional<CausalLM> model) implements AutoCloseable {

        private static final Opened RULES = new Opened(Optional.empty(), Optional.empty(), Optional.empty());

        @Override
        public void close() {
            guard.ifPresent(GuardModel::close);
            model.ifPresent(CausalLM::close);
        }
    }

    /**
     * Loads the guard model, if one is named.
     *
     * @throws GuardModelException if it is none
     */
    public Opened open(EngineOptions engine, Output output) {
        if (model == null) {
            if (template != null || strict)
                throw new WrongUsage(
                        "--moderation-template and --moderation-strict belong to a guard model; name it by --moderation-model.");
            return Opened.RULES;
        }
        var folder = Downloads.model(model, output);
        var tokenizer = EngineOptions.requireTokenizer(folder);
        var asking = template(tokenizer);
        var family = GuardModel.family(model, asking);
        var loaded = engine.load(folder);
        try {
            var recommended = EngineOptions.withEnds(GenerationConfig.read(folder), loaded, Optional.of(tokenizer));
            var guard = GuardModel.of(name(folder), loaded, tokenizer, asking, recommended, strict);
            output.note(name(folder) + " moderates, as a model of the family " + family.title() + ".");
            return new Opened(Optional.of(new FallbackModerator(guard, RuleModerator.load(), output::note)), Optional.of(guard),
                    Optional.of(loaded));
        } catch (IOException e) {
            loaded.close();
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage() + ".", e);
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    private String name(Path folder) {
        return Path.of(model).equals(folder) ? folder.toAbsolutePath().normalize().getFileName().toString() : model;
    }

    private ChatTemplate template(Tokenizer tokenizer) {
        if (template != null) return ChatTemplate.load(template);
        return tokenizer.chatTemplate().orElseThrow(() -> new GuardModelException(
                model + " has no chat template, by which a guard model is asked; name its file by --moderation-template."));
    }
}
