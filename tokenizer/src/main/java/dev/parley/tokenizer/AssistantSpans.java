package dev.parley.tokenizer;

import dev.parley.jinja.Rendering;
import dev.parley.jinja.Rendering.Part;
import dev.parley.jinja.Rendering.Speaker;
import dev.parley.tokenizer.ChatTemplate.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds what the assistant says in a rendered conversation, where no generation blocks tell. The rendering knows which
 * characters each message said. What comes before them in a turn but after the prompt that asks for it, and what ends the
 * turn, is learned from the same template's renderings of the conversation's beginnings: up to the turn with a generation
 * prompt, and up to its end.
 */
final class AssistantSpans {

    private final ChatTemplateInput conversation;
    private final Rendering whole;
    private final Function<ChatTemplateInput, Rendering> render;
    private final String where;

    AssistantSpans(ChatTemplateInput conversation, Rendering whole, Function<ChatTemplateInput, Rendering> render, String where) {
        this.conversation = conversation;
        this.whole = whole;
        this.render = render;
        this.where = where;
    }

    /** What generation blocks wrote, each message apart. */
    static List<Span> marked(ChatTemplateInput conversation, Rendering whole) {
        var spans = new ArrayList<Span>();
        for (var part : whole.parts()) {
            if (!part.generated()) continue;
            var last = spans.isEmpty() ? null : spans.getLast();
            var isOther = last != null && part.message() >= 0 && last.message() >= 0 && part.message() != last.message();
            if (last == null || last.end() != part.start() || isOther) spans.add(new Span(part.start(), part.end(), part.message()));
            else spans.set(spans.size() - 1, new Span(last.start(), part.end(), Math.max(last.message(), part.message())));
        }
        return numbered(conversation, spans);
    }

    /** A block in which the template alone speaks is of the assistant's next message. */
    private static List<Span> numbered(ChatTemplateInput conversation, List<Span> spans) {
        var before = -1;
        for (int i = 0; i < spans.size(); i++) {
            var span = spans.get(i);
            if (span.message() < 0) spans.set(i, new Span(span.start(), span.end(), assistantAfter(conversation, before)));
            before = spans.get(i).message();
        }
        return List.copyOf(spans);
    }

    private static int assistantAfter(ChatTemplateInput conversation, int before) {
        for (int i = before + 1; i < conversation.messages().size(); i++) {
            if (isAssistant(conversation, i)) return i;
        }
        return Math.max(before, 0);
    }

    private static boolean isAssistant(ChatTemplateInput conversation, int message) {
        return conversation.messages().get(message).path("role").asText().equals("assistant");
    }

    /** @throws TokenizerException if the template does not let the turns be told apart */
    List<Span> find() {
        var spans = new ArrayList<Span>();
        for (int turn = 0; turn < conversation.messages().size(); turn++) {
            if (!isAssistant(conversation, turn)) continue;
            find(turn).ifPresent(spans::add);
        }
        return List.copyOf(spans);
    }

    private Optional<Span> find(int turn) {
        var last = turn == conversation.messages().size() - 1;
        var prompt = beginning(turn, true);
        var ended = last ? whole : beginning(turn + 1, false).orElseThrow(() -> fault(turn + 1));
        if (prompt.isEmpty() && turn > 0) throw fault(turn);
        var own = whole.parts().stream().filter(p -> p.message() == turn).toList();
        if (own.isEmpty()) return prompt.flatMap(p -> silent(turn, p.text(), ended.text()));
        int first = own.getFirst().start(), end = own.getLast().end();
        var before = endOfOthers(whole, turn, first);
        var start = prompt.isEmpty() ? first
                : afterPrompt(prompt.get().text(), endOfOthers(prompt.get(), turn, Integer.MAX_VALUE), before, first);
        var ending = alike(ended.text(), endOf(ended, turn), whole.text(), end, whole.text().length());
        return Optional.of(checked(turn, new Span(start, trimmed(end, end + ending), turn)));
    }

    private Optional<Rendering> beginning(int turns, boolean prompt) {
        try {
            return Optional.of(render.apply(conversation.first(turns).withGenerationPrompt(prompt)));
        } catch (TokenizerException e) {
            return Optional.empty();
        }
    }

    private TokenizerException fault(int turns) {
        return new TokenizerException(
                where + " refuses the first " + turns + " messages of the conversation alone, so that what the assistant"
                        + " says cannot be told from the rest; put generation blocks around it in the template.");
    }

    /** Where the last part ends, before a place, that another message or input said. */
    private static int endOfOthers(Rendering rendering, int turn, int before) {
        var end = 0;
        for (var part : rendering.parts()) {
            if (part.start() < before && (part.speaker() == Speaker.GIVEN || part.speaker() == Speaker.MESSAGE && part.message() != turn))
                end = part.end();
        }
        return end;
    }

    private static int endOf(Rendering rendering, int turn) {
        return rendering.parts().stream().filter(p -> p.message() == turn).mapToInt(Part::end).reduce(rendering.text().length(),
                (a, b) -> b);
    }

    /**
     * Where the prompt for a turn ends in the whole text, between two places. Templates often write other white space in it
     * than before a turn that is there. Where the prompt says more than the turn has, as one that opens a thought does, all up
     * to there belongs to it.
     */
    private int afterPrompt(String prompt, int from, int start, int end) {
        int p = from, at = start;
        while (p < prompt.length() && at < end) {
            char asked = prompt.charAt(p), there = whole.text().charAt(at);
            if (asked == there) {
                p++;
                at++;
            } else if (Character.isWhitespace(there)) {
                at++;
            } else if (Character.isWhitespace(asked)) {
                p++;
            } else {
                break;
            }
        }
        return prompt.substring(p).isBlank() ? at : start + alike(prompt, from, whole.text(), start, end);
    }

    /** How many characters are alike from two places on. */
    private static int alike(String a, int from, String b, int start, int end) {
        var length = 0;
        while (from + length < a.length() && start + length < end && a.charAt(from + length) == b.charAt(start + length)) length++;
        return length;
    }

    /** A turn's end without the white space after what ends it, if it is more than white space. */
    private int trimmed(int from, int to) {
        var ending = whole.text().substring(from, to);
        return ending.isBlank() ? to : from + ending.stripTrailing().length();
    }

    /** A turn without a word: what the template writes for it after the prompt, where the prompt begins the whole text. */
    private Optional<Span> silent(int turn, String prompt, String ended) {
        if (!whole.text().startsWith(prompt) || !ended.startsWith(prompt)) return Optional.empty();
        var length = alike(ended, prompt.length(), whole.text(), prompt.length(), whole.text().length());
        var end = trimmed(prompt.length(), prompt.length() + length);
        return end > prompt.length() ? Optional.of(new Span(prompt.length(), end, turn)) : Optional.empty();
    }

    private Span checked(int turn, Span span) {
        for (var part : whole.parts()) {
            var inside = part.start() < span.end() && part.end() > span.start();
            if (inside && part.speaker() == Speaker.MESSAGE && part.message() != turn) {
                throw new TokenizerException(
                        where + " mixes message " + turn + " with message " + part.message() + ", so that what the assistant"
                                + " says cannot be told from the rest; put generation blocks around it in the template.");
            }
        }
        return span;
    }
}
