package dev.parley.assist.guard;

import dev.parley.assist.moderation.PhraseRules;
import dev.parley.knowledge.Embedder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Answers what sounds like an emergency by a fixed text, before a model speaks: to call the local emergency number, and what to do until
 * help comes. Phrases in English and Chinese ({@code emergencies.txt}) and a classifier that has learned from examples judge together; how
 * many they catch is said in docs/guardrails.md.
 */
public final class EmergencyGuardrail implements Guardrail {

    /** Kinds of emergency; of several in one text the first named counts. */
    public enum Kind {
        SELF_HARM, CHEST_PAIN, STROKE, BREATHING, ANAPHYLAXIS, BLEEDING, OVERDOSE, POISONING, UNCONSCIOUS;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a phrase that is met adds to the log-odds of the classifier, and what those of the vectors count. */
    private static final double PHRASE_MET = 1;
    private static final double VECTORS = 0.8;
    /**
     * From these log-odds on a message is held for an emergency. All three were chosen by cross-validation over the examples, line by line,
     * for 5 % of false alarms among harmless messages that are meant to mislead.
     */
    private static final double LEAST = 1;

    private final PhraseRules<Kind> rules;
    private final EmergencyClassifier classifier;
    private final ToDoubleFunction<String> byVector;
    private final Properties texts;

    private EmergencyGuardrail(PhraseRules<Kind> rules, EmergencyClassifier classifier, ToDoubleFunction<String> byVector,
            Properties texts) {
        this.rules = rules;
        this.classifier = classifier;
        this.byVector = byVector;
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
                PhraseRules.load(EmergencyGuardrail.class, "emergencies.txt", id -> Kind.valueOf(id.toUpperCase(Locale.ROOT))),
                EmergencyClassifier.load(), text -> 0, texts);
    }

    /** The same, judging by vectors as well, if there are weights for those of the embedding model. */
    @Override
    public EmergencyGuardrail with(Embedder embedder) {
        if (!EmergencyVectors.fit(embedder)) return this;
        var vectors = EmergencyVectors.load();
        return new EmergencyGuardrail(rules, classifier, text -> vectors.score(text, embedder), texts);
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
        var met = rules.found(text).stream().min(Kind::compareTo);
        var logOdds = classifier.score(text) + VECTORS * byVector.applyAsDouble(text) + (met.isPresent() ? PHRASE_MET : 0);
        return logOdds < LEAST ? Optional.empty() : met.or(() -> Optional.of(classifier.kind(text)));
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
