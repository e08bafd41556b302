package dev.parley.assist.guard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.assist.guard.Decision.Action;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.moderation.RuleModerator;
import dev.parley.knowledge.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The guardrails of an assistant, in the order of its file. Each sees the text as those before it left it; the first that answers ends
 * the turn.
 */
public final class Guardrails {

    /** Lets everything pass. */
    public static final Guardrails NONE = new Guardrails(List.of());

    /**
     * What became of a text.
     *
     * @param text that goes on, or the fixed answer to the user
     * @param ended whether it is the latter
     * @param decisions that were made, in order; none if the text passed as it is
     */
    public record Outcome(String text, boolean ended, List<Decision> decisions) {}

    private final List<Guardrail> guardrails;

    /** Guardrails that are asked in this order. */
    public Guardrails(List<? extends Guardrail> guardrails) {
        this.guardrails = List.copyOf(guardrails);
    }

    /**
     * Reads the list of an assistant's file: names ({@code emergencies}), or a name with its options ({@code topics: {refuse: […]}}).
     *
     * @param list a missing or null node means none
     * @param guardModel that judges for {@code moderation}, which comes last where the list has none; without it the rules judge, where
     *     the list asks for it
     * @throws IllegalArgumentException naming an entry or option that there is not
     */
    public static Guardrails read(JsonNode list, Optional<Moderator> guardModel) {
        var none = list.isMissingNode() || list.isNull();
        if (!none && !list.isArray())
            throw new IllegalArgumentException("guardrails is a list of names, such as [emergencies, private_data].");
        var guardrails = new ArrayList<Guardrail>();
        for (var entry : list) {
            var options = GuardrailOptions.of(entry);
            guardrails.add(guardrail(options, guardModel));
            options.checkAllRead();
        }
        if (guardrails.stream().noneMatch(ModerationGuardrail.class::isInstance))
            guardModel.map(ModerationGuardrail::ofAll).ifPresent(guardrails::add);
        return guardrails.isEmpty() ? NONE : new Guardrails(guardrails);
    }

    private static Guardrail guardrail(GuardrailOptions options, Optional<Moderator> guardModel) {
        return switch (options.name()) {
            case "emergencies" -> EmergencyGuardrail.load();
            case "private_data" -> PrivateDataGuardrail.read(options);
            case "injection" -> new InjectionGuardrail();
            case "prompt_leak" -> new PromptLeakGuardrail(options.number("words", PromptLeakGuardrail.WORDS));
            case "doses" -> new DoseGuardrail();
            case "topics" -> TopicGuardrail.read(options);
            case "moderation" -> ModerationGuardrail.read(options, guardModel.orElseGet(RuleModerator::load));
            case "length" -> new LengthGuardrail(options.number("characters", LengthGuardrail.CHARACTERS));
            case "form" -> FormGuardrail.read(options);
            case String other -> throw new IllegalArgumentException("There is no guardrail " + other
                    + "; choose from emergencies, private_data, injection, prompt_leak, doses, topics, moderation, length and form.");
        };
    }

    /** The same, each judging with the help of an embedding model, if it has a use for one. */
    public Guardrails with(Embedder embedder) {
        return new Guardrails(guardrails.stream().map(guardrail -> guardrail.with(embedder)).toList());
    }

    /** The names, in order. */
    public List<String> names() {
        return guardrails.stream().map(Guardrail::name).toList();
    }

    /** Whether any of them is asked at a stage. */
    public boolean judges(Stage stage) {
        return guardrails.stream().anyMatch(guardrail -> guardrail.stages().contains(stage));
    }

    /** Has a text judged by all guardrails of a stage, one after the other. */
    public Outcome run(Stage stage, String text, TurnContext turn) {
        var decisions = new ArrayList<Decision>();
        var now = text;
        for (var guardrail : guardrails) {
            if (!guardrail.stages().contains(stage)) continue;
            switch (guardrail.judge(stage, now, turn)) {
                case Verdict.Pass _ -> {}
                case Verdict.Mark(var rule, var reason) -> decisions
                        .add(new Decision(stage, guardrail.name(), rule, Action.MARKED, reason));
                case Verdict.Replace(var replaced, var rule, var reason) -> {
                    decisions.add(new Decision(stage, guardrail.name(), rule, Action.CHANGED, reason));
                    now = replaced;
                }
                case Verdict.Answer(var answer, var rule, var reason) -> {
                    decisions.add(new Decision(stage, guardrail.name(), rule, Action.ENDED, reason));
                    return new Outcome(answer, true, List.copyOf(decisions));
                }
            }
        }
        return new Outcome(now, false, List.copyOf(decisions));
    }
}
