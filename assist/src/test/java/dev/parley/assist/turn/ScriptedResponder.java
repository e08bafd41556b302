package dev.parley.assist.turn;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Says what it is told to, one reply after the other, and remembers what it was asked. */
final class ScriptedResponder implements Responder {

    final List<Prompt> asked = new ArrayList<>();
    private final Deque<String> thoughts = new ArrayDeque<>();
    private final Deque<Reply> replies = new ArrayDeque<>();
    private int room = Integer.MAX_VALUE; // characters

    ScriptedResponder says(String text) {
        replies.add(new Reply(text, List.of(), FinishReason.STOP, 10, 5, OptionalDouble.empty(), 0));
        return this;
    }

    /** Before the next reply that is said. */
    ScriptedResponder thinks(String thought) {
        thoughts.add(thought);
        return this;
    }

    ScriptedResponder calls(String tool, String arguments) {
        replies.add(new Reply("", List.of(new Call(tool, arguments)), FinishReason.STOP, 10, 5, OptionalDouble.empty(), 0));
        return this;
    }

    ScriptedResponder withRoomFor(int characters) {
        room = characters;
        return this;
    }

    /** All that the model was asked the last time. */
    String prompt() {
        return asked.getLast().messages().toString();
    }

    @Override
    public String model() {
        return "scripted";
    }

    @Override
    public GenerationConfig recommended() {
        return GenerationConfig.DEFAULT;
    }

    @Override
    public boolean fits(Prompt prompt) {
        return prompt.messages().toString().length() <= room;
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onThought, Consumer<String> onText) {
        if (!thoughts.isEmpty()) onThought.accept(thoughts.remove());
        return respond(prompt, onText);
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onText) {
        asked.add(new Prompt(prompt.messages().deepCopy(), prompt.tools(), prompt.config()));
        var reply = replies.remove();
        for (var piece : reply.text().split("(?<= )")) onText.accept(piece);
        return reply;
    }

    @Override
    public void stop() {}
}
