package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.guard.Decision;
import dev.parley.assist.tools.ToolResult;
import dev.parley.knowledge.Passage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a turn went.
 *
 * @param language of the answer, by code
 * @param answer to show
 * @param ending how the answer came about
 * @param passages that were given to the model, numbered from 1
 * @param sources numbers of the passages that the answer cites, or of all where it cites none; none where nothing was looked up
 * @param cited whether the model itself has cited them
 * @param decisions of guardrails, in their order
 * @param toolUses calls with what they came to
 * @param usage of the model, where it was asked
 * @param notice of the assistant, to show with the answer; empty if it has none
 */
public record TurnResult(String language, String answer, Ending ending, List<Passage> passages, List<Integer> sources, boolean cited,
        List<Decision> decisions, List<ToolUse> toolUses, Optional<Usage> usage, String notice) {

    /** Copies the lists. */
    public TurnResult {
        passages = List.copyOf(passages);
        sources = List.copyOf(sources);
        decisions = List.copyOf(decisions);
        toolUses = List.copyOf(toolUses);
    }

    /** Answer and notice as one text, for clients that show nothing else; an answer in JSON stays alone. */
    public String answerWithNotice() {
        var isJson = answer.startsWith("{") || answer.startsWith("[{");
        return notice.isEmpty() || isJson ? answer : answer + "\n\n" + notice;
    }

    /** How an answer came about. */
    public enum Ending {
        /** The model answered. */
        ANSWERED,
        /** Nothing was found, and the assistant said so without asking the model. */
        UNKNOWN,
        /** A guardrail gave its fixed text. */
        GUARDED,
        /** There is no model, and the best passage was quoted. */
        QUOTED;

        /** Its name in JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A call of a tool with its result. */
    public record ToolUse(String source, String tool, ObjectNode arguments, ToolResult result) {}

    /**
     * What the model did.
     *
     * @param finishReason {@code stop}, {@code length} or {@code cancelled}
     */
    public record Usage(String model, String finishReason, int promptTokens, int completionTokens, int forgottenTurns) {}
}
