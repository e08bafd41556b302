package dev.parley.jinja;

import java.util.ArrayList;
import java.util.List;

/** What a template wrote: a text, and where each part of it comes from. Places are chars. */
public final class Rendering {

    /** Who says a part of a text. */
    public enum Speaker {
        /** The template itself, or a text that counts as its own. */
        TEMPLATE,
        /** One of the messages. */
        MESSAGE,
        /** The role of a message. */
        ROLE,
        /** Anything else that was given: tools, documents, other variables. */
        GIVEN
    }

    /**
     * A part of the text.
     *
     * @param start its first char
     * @param end the char after its last
     * @param speaker whose words it has
     * @param message index of the message that says it, or -1
     * @param generated whether a generation block wrote it
     */
    public record Part(int start, int end, Speaker speaker, int message, boolean generated) {}

    private final String text;
    private final List<Part> parts;

    private Rendering(String text, List<Part> parts) {
        this.text = text;
        this.parts = parts;
    }

    static Rendering of(Text text) {
        var parts = new ArrayList<Part>();
        for (int run = 0, start = 0; run < text.runCount(); start = text.runEnd(run), run++) {
            var source = text.runSource(run);
            var speaker = switch (Source.withoutFlag(source)) {
                case Source.TEMPLATE -> Speaker.TEMPLATE;
                case Source.GIVEN -> Speaker.GIVEN;
                case Source.ROLE -> Speaker.ROLE;
                default -> Speaker.MESSAGE;
            };
            parts.add(new Part(start, text.runEnd(run), speaker, Source.message(source), Source.isGenerated(source)));
        }
        return new Rendering(text.chars(), List.copyOf(parts));
    }

    /** {@return the whole text} */
    public String text() {
        return text;
    }

    /** The whole text in parts, in order and without gaps. */
    public List<Part> parts() {
        return parts;
    }
}
