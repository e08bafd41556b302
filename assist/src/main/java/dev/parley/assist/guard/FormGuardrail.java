package dev.parley.assist.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds answers to a form: {@code json}, which an answer that is none does not pass, or {@code plain} text, from which Markdown is taken.
 * JSON in a fence, as models like to write it, is taken out of it.
 */
public final class FormGuardrail implements Guardrail {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Pattern FENCED = Pattern.compile("(?s)```(?:json|JSON)?\\s*\\n(.*)\\n```");

    private enum Kind {
        JSON, PLAIN
    }

    private final Kind kind;

    private FormGuardrail(Kind kind) {
        this.kind = kind;
    }

    static FormGuardrail read(GuardrailOptions options) {
        return switch (options.text("kind").orElse("")) {
            case "json" -> new FormGuardrail(Kind.JSON);
            case "plain" -> new FormGuardrail(Kind.PLAIN);
            default -> throw options.wrong("kind", "json or plain");
        };
    }

    @Override
    public String name() {
        return "form";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.OUTPUT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        return switch (kind) {
            case JSON -> json(text, turn);
            case PLAIN -> {
                var plain = withoutMarkdown(text);
                yield plain.equals(text) ? Verdict.PASS : new Verdict.Replace(plain, "plain", "Markdown was taken from the answer.");
            }
        };
    }

    private static Verdict json(String text, TurnContext turn) {
        if (isJson(text)) return Verdict.PASS;
        var fenced = FENCED.matcher(text.strip());
        if (fenced.matches() && isJson(fenced.group(1)))
            return new Verdict.Replace(fenced.group(1).strip(), "json", "A fence was taken off.");
        return new Verdict.Answer(turn.language().equals("zh") ? "抱歉，这次的回答格式不正确，请再试一次。"
                : "The answer came out in the wrong form. Please try again.", "json", "The answer is not JSON.");
    }

    private static boolean isJson(String text) {
        try {
            return !JSON.readTree(text).isMissingNode();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static String withoutMarkdown(String text) {
        return text.replaceAll("(?m)^```.*\\R?", "").replaceAll("(?m)^(?:[-*_] ?){3,}\\R?", "").replaceAll("(?m)^#{1,6}\\s+", "")
                .replaceAll("(?m)^(?:> ?)+", "").replaceAll("(?m)^(\\s*)[*+-]\\s+", "$1")
                .replaceAll("(\\*\\*|__)(?=\\S)(.+?)(?<=\\S)\\1", "$2")
                .replaceAll("(?<![*\\w])\\*(?=[^\\s*])([^*\\n]+)(?<=[^\\s*])\\*(?![*\\w])", "$1")
                .replaceAll("!?\\[([^\\]\\n]+)\\]\\([^)\\n]*\\)", "$1")
                .replaceAll("`([^`\\n]+)`", "$1");
    }
}
