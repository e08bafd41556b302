package dev.parley.assist.guard;

import java.util.Set;

/** Ends a long answer after the last sentence that fits. */
public final class LengthGuardrail implements Guardrail {

    /** Characters at most, unless an assistant's file says otherwise. */
    public static final int CHARACTERS = 4_000;

    private final int characters;

    /** Lets this many characters pass. */
    public LengthGuardrail(int characters) {
        this.characters = characters;
    }

    @Override
    public String name() {
        return "length";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.OUTPUT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        if (text.codePointCount(0, text.length()) <= characters) return Verdict.PASS;
        var end = text.offsetByCodePoints(0, characters);
        var kept = new StringBuilder();
        for (var sentence : Sentences.of(text)) {
            if (kept.length() + sentence.stripTrailing().length() > end) break;
            kept.append(sentence);
        }
        var shorter = kept.isEmpty() ? text.substring(0, end) + "…" : kept.toString().stripTrailing();
        return new Verdict.Replace(shorter, "characters", "The answer had more than " + characters + " characters.");
    }
}
