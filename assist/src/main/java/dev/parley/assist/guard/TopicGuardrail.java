package dev.parley.assist.guard;

import dev.parley.assist.moderation.PhraseRules;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps to topics, by phrases in the form of {@link PhraseRules}: what meets one of {@code refuse} is declined, and so is what meets none
 * of {@code allow}, where that is given.
 */
public final class TopicGuardrail implements Guardrail {

    private final PhraseRules<String> refused;
    private final PhraseRules<String> allowed;
    private final boolean onlyAllowed;
    private final Map<String, String> answers;

    private TopicGuardrail(List<String> refuse, List<String> allow, Map<String, String> answers) {
        refused = rules(refuse);
        allowed = rules(allow);
        onlyAllowed = !allow.isEmpty();
        this.answers = Map.copyOf(answers);
    }

    static TopicGuardrail read(GuardrailOptions options) {
        var answers = new HashMap<String, String>();
        answers.put("en",
                options.textFor("answer", "en", "I cannot help with that topic here. Is there something else that I can do for you?"));
        answers.put("zh", options.textFor("answer", "zh", "抱歉，这个话题我在这里帮不上忙。还有别的可以帮您吗？"));
        var refuse = options.texts("refuse");
        var allow = options.texts("allow");
        if (refuse.isEmpty() && allow.isEmpty())
            throw new IllegalArgumentException("The guardrail topics needs phrases to refuse or to allow.");
        return new TopicGuardrail(refuse, allow, answers);
    }

    private static PhraseRules<String> rules(List<String> phrases) {
        var lines = new StringBuilder();
        for (var phrase : phrases) lines.append("topic: ").append(phrase.replaceAll("\\R", " ")).append('\n');
        try {
            return PhraseRules.read(new StringReader(lines.toString()), label -> label);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.INPUT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        if (!refused.found(text).isEmpty()) return answer("refused", "The message is about a refused topic.", turn);
        if (onlyAllowed && allowed.found(text).isEmpty())
            return answer("not_allowed", "The message is about none of the allowed topics.", turn);
        return Verdict.PASS;
    }

    private Verdict answer(String rule, String reason, TurnContext turn) {
        return new Verdict.Answer(answers.getOrDefault(turn.language(), answers.get("en")), rule, reason);
    }
}
