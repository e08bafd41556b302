package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Preference pairs as files have them. Where the prompt is not told apart, it is what both answers begin with alike, as TRL documents it;
 * texts in which {@code Human:} and {@code Assistant:} take turns, as Anthropic's, are split into these.
 */
final class Pairs {

    private static final Pattern SPEAKER = Pattern.compile("\\n\\n(Human|Assistant): ?");

    private Pairs() {}

    static PreferencePair read(JsonNode line) {
        if (line.has("preferred_output")) return openAi(line);
        JsonNode chosen = dialogue(line.path("chosen")), rejected = dialogue(line.path("rejected"));
        if (line.has("instruction")) return pair(Chat.of(Alpaca.prompt(line), Set.of(), line), chosen, rejected);
        if (line.has("conversations")) return pair(ShareGpt.read(line), chosen, rejected);
        // A text beside lists of messages is there for people to read: the lists hold it again.
        var isCopy = line.path("prompt").isTextual() && !chosen.isTextual() && !beginsWithAnswer(chosen);
        if (line.has("prompt") && !isCopy) return pair(Prompts.prompt(line, line.path("prompt")), chosen, rejected);
        return chosen.isTextual() && rejected.isTextual() ? texts(line, chosen.textValue(), rejected.textValue())
                : messages(line, Prompts.answer(chosen, "chosen"), Prompts.answer(rejected, "rejected"));
    }

    private static PreferencePair openAi(JsonNode line) {
        var input = line.path("input");
        return pair(Chat.of(Turns.messages(input.path("messages")), Set.of(), input), line.path("preferred_output"),
                line.path("non_preferred_output"));
    }

    private static PreferencePair pair(Chat prompt, JsonNode chosen, JsonNode rejected) {
        return new PreferencePair(prompt, Prompts.answer(chosen, "chosen"), Prompts.answer(rejected, "rejected"));
    }

    private static boolean beginsWithAnswer(JsonNode answer) {
        var first = answer.isArray() ? answer.path(0) : answer;
        return first.path("role").asText().equals("assistant") || first.path("from").asText().equals("gpt");
    }

    // ---- where the prompt is what both begin with ----

    private static PreferencePair messages(JsonNode line, ArrayNode chosen, ArrayNode rejected) {
        var same = 0;
        while (same < Math.min(chosen.size(), rejected.size()) - 1 && chosen.get(same).equals(rejected.get(same))) same++;
        if (same == 0) throw new IllegalArgumentException("there is no prompt, and chosen and rejected begin differently");
        return new PreferencePair(Chat.of(part(chosen, 0, same), Set.of(), line), part(chosen, same, chosen.size()),
                part(rejected, same, rejected.size()));
    }

    private static ArrayNode part(ArrayNode messages, int from, int to) {
        var part = Turns.MAKE.arrayNode();
        for (int i = from; i < to; i++) part.add(messages.get(i));
        return part;
    }

    /** A space at the border belongs to the answers, as TRL has it. */
    private static PreferencePair texts(JsonNode line, String chosen, String rejected) {
        var same = 0;
        while (same < Math.min(chosen.length(), rejected.length()) && chosen.charAt(same) == rejected.charAt(same)) same++;
        if (same > 0 && chosen.charAt(same - 1) == ' ') same--;
        if (same > 0 && Character.isHighSurrogate(chosen.charAt(same - 1))) same--;
        var prompt = Prompts.prompt(line, Turns.MAKE.textNode(chosen.substring(0, same)));
        return pair(prompt, Turns.MAKE.textNode(chosen.substring(same)), Turns.MAKE.textNode(rejected.substring(same)));
    }

    private static JsonNode dialogue(JsonNode text) {
        if (!text.isTextual() || !text.textValue().startsWith("\n\nHuman:")) return text;
        var messages = Turns.MAKE.arrayNode();
        var speakers = SPEAKER.matcher(text.textValue());
        while (speakers.find()) {
            var start = speakers.end();
            var said = text.textValue().substring(start, SPEAKER.matcher(text.textValue()).results().filter(m -> m.start() >= start)
                    .mapToInt(m -> m.start()).findFirst().orElse(text.textValue().length()));
            messages.add(Turns.of(speakers.group(1).equals("Human") ? "user" : "assistant", said.strip()));
        }
        return messages;
    }
}
