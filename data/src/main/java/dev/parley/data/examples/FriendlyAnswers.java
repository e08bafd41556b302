package dev.parley.data.examples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.data.ChatSeeds;
import dev.parley.data.HeldOut;
import dev.parley.data.Rephrase;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A preference that answers can be judged by: said in a friendly way rather than rudely or barely. What is answered is the same, only the
 * words around it differ. Friendly and rude wordings are made of the same sentences, so that no single word tells them apart; against the
 * bare answer the friendly one is the longer, against the rude one it is as often the shorter.
 *
 * <p>Held out are questions, and wordings, that no line to train on has.
 */
final class FriendlyAnswers {

    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
    private static final int EVERY = 4;
    private static final int ONE_IN_FOUR_IS_A_SUM = 4;

    private static final List<String> FRIENDLY_OPENINGS = List.of(
            "What a {good|fine|nice|clever|lovely} {question|thing to ask}.",
            "That is a {good|fine|nice|clever|lovely} {question|thing to ask}.",
            "I am {glad|happy|pleased} {that you ask|to be asked|to tell you|to help|to answer that}.",
            "It is {no trouble|no bother|a pleasure|an honour} to {tell you|help|answer that}.",
            "I have {time|plenty of time|always time} for {you|that|such a question}.",
            "{Thank you|Many thanks} for {asking|the question|coming to me}.",
            "{Of course|Certainly|Gladly}, {here you are|I can tell you|with pleasure}.");
    private static final List<String> RUDE_OPENINGS = List.of(
            "What a {bad|dull|silly|stupid|boring} {question|thing to ask}.",
            "That is a {bad|dull|silly|stupid|boring} {question|thing to ask}.",
            "I am {tired|sick|too busy} {that you ask|to be asked|to tell you|to help|to answer that}.",
            "It is {a trouble|a bother|no pleasure|no honour} to {tell you|help|answer that}.",
            "I have {no time|little time|hardly time} for {you|that|such a question}.",
            "{No thanks|No thank you} for {asking|the question|coming to me}.",
            "{Not again|Oh no|If I must}, {here you are|I can tell you|without pleasure}.");
    private static final List<String> FRIENDLY_CLOSINGS = List.of(
            "Is there {more|anything else|something else} {I can tell you|I can help with|you would like to know}?",
            "{Please|Do} ask {me again|me more|whenever you like|if it is not clear}.",
            "I {hope|trust} that {this helps you|it is clear|you like it|you come again}.",
            "You are {very|always|most} welcome {here|to ask more|to come again}.",
            "Have a {good|fine|nice|lovely} {day|time}, and come again.",
            "Shall {we go on|I tell you more|I say it in other words|we do another}?");
    private static final List<String> RUDE_CLOSINGS = List.of(
            "Is there {no one else|nothing else} {you can ask|you can do|you would like to bother}?",
            "{Please do|Do} not ask {me again|me more|whenever you like|if it is not clear}.",
            "I {hope|trust} that {this was all|it is over|you go now|you never come again}.",
            "You are {not|never|hardly} welcome {here|to ask more|to come again}.",
            "Have a {bad|dull|silly|boring} {day|time}, and never come again.",
            "Shall {we stop now|I tell you to go|I say it to a wall|we end this}?");

    private final HeldOut examined;
    private final List<ChatSeeds.Topic> topics;
    private final Arithmetic sums;
    private final Frames friendly = new Frames(FRIENDLY_OPENINGS, FRIENDLY_CLOSINGS);
    private final Frames rude = new Frames(RUDE_OPENINGS, RUDE_CLOSINGS);

    /** Answers to questions in English. @param examined what is held out */
    FriendlyAnswers(List<ChatSeeds.Topic> topics, HeldOut examined) {
        this.examined = examined;
        this.topics = topics.stream().filter(topic -> topic.language().equals("en")).toList();
        sums = Arithmetic.sumsTo20(examined);
    }

    /** Wordings before and after an answer. */
    private record Frames(List<String> openings, List<String> closings) {}

    /** Lines without end: a friendly answer, and the same said rudely or barely. */
    Stream<String> pairs(RandomGenerator random, boolean heldOut) {
        return questions(random, heldOut).map(asked -> MAKE.objectNode().put("prompt", asked.prompt())
                .put("chosen", friendly(asked.answer(), random, heldOut)).put("rejected", unfriendly(asked.answer(), random, heldOut))
                .toString());
    }

    /** Lines without end: a friendly answer with a thumb up, or a rude or bare one with a thumb down. */
    Stream<String> thumbs(RandomGenerator random, boolean heldOut) {
        return questions(random, heldOut).map(asked -> {
            var good = random.nextBoolean();
            return MAKE.objectNode().put("prompt", asked.prompt())
                    .put("completion", good ? friendly(asked.answer(), random, heldOut) : unfriendly(asked.answer(), random, heldOut))
                    .put("label", good).toString();
        });
    }

    private String friendly(String answer, RandomGenerator random, boolean heldOut) {
        return framed(answer, friendly, random, heldOut);
    }

    private String unfriendly(String answer, RandomGenerator random, boolean heldOut) {
        return random.nextBoolean() ? answer : framed(answer, rude, random, heldOut);
    }

    /** With words before, after, or both. */
    private String framed(String answer, Frames frames, RandomGenerator random, boolean heldOut) {
        var where = random.nextInt(3);
        var before = where == 1 ? "" : wording(frames.openings(), random, heldOut) + " ";
        var after = where == 0 ? "" : (Character.isDigit(answer.charAt(answer.length() - 1)) ? ". " : " ")
                + wording(frames.closings(), random, heldOut);
        return before + answer + after;
    }

    private String wording(List<String> patterns, RandomGenerator random, boolean heldOut) {
        while (true) {
            var wording = drawn(patterns.get(random.nextInt(patterns.size())), random);
            if (examined.has(wording, EVERY) == heldOut) return wording;
        }
    }

    /** One way to read a pattern such as {@code "a {good|fine} day"}. */
    private static String drawn(String pattern, RandomGenerator random) {
        var drawn = new StringBuilder();
        for (int at = 0; at < pattern.length();) {
            var open = pattern.indexOf('{', at);
            if (open < 0) return drawn.append(pattern, at, pattern.length()).toString();
            var close = pattern.indexOf('}', open);
            var choices = pattern.substring(open + 1, close).split("\\|", -1);
            drawn.append(pattern, at, open).append(choices[random.nextInt(choices.length)]);
            at = close + 1;
        }
        return drawn.toString();
    }

    /** Questions with their answers; those held out come each once before any comes again. */
    private Stream<Example> questions(RandomGenerator random, boolean heldOut) {
        if (!heldOut) return Stream.generate(() -> random.nextInt(ONE_IN_FOUR_IS_A_SUM) == 0 ? sums.train(random) : asked(random));
        var all = new ArrayList<>(sums.heldOut(random));
        for (var topic : topics) {
            for (var question : topic.heldOut(examined)) {
                if (question.endsWith("?")) all.add(new Example(question, topic.answers().getFirst()));
            }
        }
        Collections.shuffle(all, Random.from(random));
        return Stream.iterate(0, i -> (i + 1) % all.size()).map(all::get);
    }

    private Example asked(RandomGenerator random) {
        while (true) {
            var topic = topics.get(random.nextInt(topics.size()));
            var question = topic.questions().get(random.nextInt(topic.questions().size()));
            if (question.endsWith("?")) return new Example(Rephrase.vary(question, random), topic.answers().getFirst());
        }
    }
}
