package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.guard.Decision;
import dev.parley.knowledge.Passage;
import java.util.List;

/** A turn as JSON, for programs: the command line prints it, and the server adds it to its answers. */
public final class TurnJson {

    private TurnJson() {}

    /**
     * The whole turn.
     *
     * @param assistant its name
     */
    public static ObjectNode of(String assistant, TurnResult result) {
        var json = JsonNodeFactory.instance.objectNode().put("assistant", assistant).put("language", result.language())
                .put("answer", result.answer()).put("ending", result.ending().label()).put("cited", result.cited());
        result.sources().forEach(json.putArray("sources")::add);
        json.set("passages", passages(result.passages()));
        var decisions = json.putArray("decisions");
        result.decisions().forEach(decision -> decisions.add(decision(decision)));
        var calls = json.putArray("tool_calls");
        for (var use : result.toolUses()) {
            calls.addObject().put("source", use.source()).put("tool", use.tool()).put("result", use.result().text())
                    .put("is_error", use.result().isError()).set("arguments", use.arguments());
        }
        if (!result.notice().isEmpty()) json.put("notice", result.notice());
        result.usage().ifPresent(usage -> json.put("model", usage.model()).put("finish_reason", usage.finishReason()).putObject("usage")
                .put("prompt_tokens", usage.promptTokens()).put("completion_tokens", usage.completionTokens()));
        return json;
    }

    /** Passages with the numbers by which they are cited. */
    public static ArrayNode passages(List<Passage> found) {
        var passages = JsonNodeFactory.instance.arrayNode();
        for (var p : found) {
            passages.addObject().put("number", passages.size()).put("id", p.id()).put("source", p.source()).put("title", p.title())
                    .put("page", p.page()).put("start", p.start()).put("end", p.end()).put("text", p.text())
                    .put("relevance", p.relevance());
        }
        return passages;
    }

    /** What a guardrail decided. */
    public static ObjectNode decision(Decision decision) {
        return JsonNodeFactory.instance.objectNode().put("stage", decision.stage().label())
                .put("guardrail", decision.guardrail()).put("rule", decision.rule()).put("ended", decision.ended())
                .put("action", decision.action().label())
                .put("reason", decision.reason());
    }
}
