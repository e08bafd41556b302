package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.turn.TurnEvent;
import dev.parley.assist.turn.TurnJson;
import dev.parley.assist.turn.TurnResult;
import java.util.List;

/**
 * Writes down what an assistant does for an answer, and tells its {@link AnswerLog} at each change:
 *
 * <pre>{@code
 * {"assistant": "shop", "ending": "answered", "cited": true, "sources": [1], "passages": [{"number": 1, "source": …, "text": …}],
 *  "decisions": [{"stage": "input", "guardrail": …, "rule": …, "ended": false, "reason": …}],
 *  "thoughts": …, "tools": [{"id": "call_1", "source": …, "tool": …, "arguments": {…}, "result": …, "error": false}]}
 * }</pre>
 *
 * There are thoughts of models that think alone. A call has no result yet while it runs, {@code asking} while it waits for consent, and the turn no ending.
 */
final class TurnLog {

    private final AnswerLog log;
    private final ObjectNode json;
    private final StringBuilder thoughts = new StringBuilder();
    private int toldThoughts; // characters
    private boolean spoken; // since the last call of a tool

    TurnLog(String assistant, AnswerLog log) {
        this.log = log;
        json = begun(assistant);
    }

    /** What is known at the beginning. */
    static ObjectNode begun(String assistant) {
        var json = JsonNodeFactory.instance.objectNode().put("assistant", assistant);
        for (var list : new String[] {"passages", "sources", "decisions", "tools"}) json.putArray(list);
        return json;
    }

    void on(TurnEvent event) {
        switch (event) {
            case TurnEvent.Text(var piece) -> {
                var more = spoken ? piece : piece.stripLeading(); // as the answer at the end has it: nobody who reads loses the place
                spoken |= !more.isEmpty();
                if (!more.isEmpty()) log.add(more, List.of());
                return;
            }
            case TurnEvent.Thought(var piece) -> {
                if (!think(piece)) return;
            }
            case TurnEvent.Decided(var decision) -> json.withArray("decisions").add(TurnJson.decision(decision));
            case TurnEvent.Retrieved(var passages, var milliseconds) -> json.set("passages", TurnJson.passages(passages));
            case TurnEvent.Called(var id, var source, var tool, var arguments) -> {
                json.withArray("tools").addObject().put("id", id).put("source", source).put("tool", tool).set("arguments", arguments);
                if (spoken) log.add("\n\n", List.of());
                spoken = false;
            }
            case TurnEvent.Returned(var id, var source, var tool, var result) -> {
                last().put("result", result.text()).put("error", result.isError());
            }
            case TurnEvent.Answered(var result) -> end(result);
        }
        log.tell(json.deepCopy());
    }

    /** Each telling has all of it, so that there are fewer the longer it is. @return whether there is enough to tell */
    private boolean think(String piece) {
        thoughts.append(piece);
        json.put("thoughts", thoughts.toString());
        if (thoughts.length() < toldThoughts * 1.1 + 20) return false;
        toldThoughts = thoughts.length();
        return true;
    }

    /** The last call waits for somebody's consent. @param call by which it is decided */
    void asks(String call) {
        last().put("asking", call);
        log.tell(json.deepCopy());
    }

    /** It waits no longer. @return the same */
    boolean decided(boolean allowed) {
        if (last().remove("asking") != null) log.tell(json.deepCopy());
        return allowed;
    }

    private ObjectNode last() {
        var tools = json.withArray("tools");
        return (ObjectNode) tools.get(tools.size() - 1);
    }

    private void end(TurnResult result) {
        json.put("language", result.language()).put("ending", result.ending().label()).put("cited", result.cited());
        json.set("passages", TurnJson.passages(result.passages()));
        var sources = json.putArray("sources");
        result.sources().forEach(sources::add);
        if (!result.notice().isEmpty()) json.put("notice", result.notice());
        result.usage().ifPresent(usage -> json.put("model", usage.model()));
        log.settle(result.answer());
    }
}
