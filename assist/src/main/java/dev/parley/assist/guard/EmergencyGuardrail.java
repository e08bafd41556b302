package dev.parley.assist.guard;

import dev.parley.assist.moderation.PhraseRules;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * Answers what sounds like an emergency by a fixed text, before a model speaks: to call the local emergency number, and what to do until
 * help comes. It works with phrases in English and Chinese ({@code emergencies.txt}); how many it catches is said in docs/guardrails.md.
 */
public final class EmergencyGuardrail implements Guardrail {

    /** Kinds of emergency; of several in one text the first named counts. */
    public enum Kind {
        SELF_HARM, CHEST_PAIN, STROKE, BREATHING, ANAPHYLAXIS, BLEEDING, OVERDOSE, POISONING, UNCONSCIOUS;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final PhraseRules<Kind> rules;
    private final Properties texts;

    private EmergencyGuardrail(PhraseRules<Kind> rules, Properties texts) {
        this.rules = rules;
        this.texts = texts;
    }

    /** With the rules and texts that Parley ships. */
    public static EmergencyGuardrail load() {
        var texts = new Properties();
        try (var in = new InputStreamReader(EmergencyGuardrail.class.getResourceAsStream("emergencies.properties"),
                StandardCharsets.UTF_8)) {
            texts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("The texts for emergencies cannot be read.", e);
        }
        return new EmergencyGuardrail(
                PhraseRules.load(EmergencyGuardrail.class, "emergencies.txt", id -> Kind.valueOf(id.toUpperCase(Locale.ROOT))), texts);
    }

    @Override
    public String name() {
        return "emergencies";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.INPUT);
    }

    /** The emergency that a text sounds like. */
    public Optional<Kind> kind(String text) {
        return rules.found(text).stream().min(Kind::compareTo);
    }

    /** Who is in need writes in their own language, whatever the conversation was set to. */
    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        return kind(text).<Verdict>map(kind -> {
            var chinese = turn.language().equals("zh") || text.codePoints().anyMatch(Character::isIdeographic);
            return new Verdict.Answer(texts.getProperty(kind.id() + (chinese ? ".zh" : ".en")), kind.id(),
                    "The message sounds like an emergency (" + kind.id().replace('_', ' ') + ").");
        }).orElse(Verdict.PASS);
    }
}
