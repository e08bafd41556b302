package dev.parley.data.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.ChatSeeds;
import dev.parley.data.ConversationGenerator;
import dev.parley.data.ConversationGenerator.Weighted;
import dev.parley.data.HeldOut;
import dev.parley.data.chat.Chat;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Stories;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Kinds of example data. The same kind, count and seed give the same lines. */
public enum ExampleData {

    /** Conversations about Parley and models, in English and Chinese, small sums and stories: for {@code sft}. */
    CHATS {
        @Override
        Stream<String> lines(RandomGenerator random) {
            return Stream.generate(() -> Questions.json(Chat.of(CONVERSATIONS.next(random))));
        }
    },

    /** Conversations in which a calculator is called where there is something to calculate: for {@code sft}. */
    TOOLS {
        @Override
        Stream<String> lines(RandomGenerator random) {
            return Stream.generate(() -> Questions.json(CalculatorChats.next(CONVERSATIONS, random)));
        }
    },

    /** A friendly answer to a question, and the same answer said rudely or barely: for {@code dpo}. */
    PAIRS {
        @Override
        Stream<String> lines(RandomGenerator random) {
            return FRIENDLY.pairs(random, false);
        }

        @Override
        Stream<String> heldOut(RandomGenerator random) {
            return FRIENDLY.pairs(random, true);
        }
    },

    /** An answer with a thumb up where it is friendly, and down where it is rude or bare: for {@code kto}. */
    THUMBS {
        @Override
        Stream<String> lines(RandomGenerator random) {
            return FRIENDLY.thumbs(random, false);
        }

        @Override
        Stream<String> heldOut(RandomGenerator random) {
            return FRIENDLY.thumbs(random, true);
        }
    },

    /** A sum and its result: for {@code grpo}. */
    SUMS {
        @Override
        Stream<String> lines(RandomGenerator random) {
            return Stream.generate(() -> Questions.sum(random));
        }

        @Override
        Stream<String> heldOut(RandomGenerator random) {
            return Stream.generate(() -> Questions.heldOutSum(random));
        }
    },

    /** A question for a calculator, and its result: for {@code grpo} with a tool. */
    CALCULATIONS {
        @Override
        Stream<String> lines(RandomGenerator random) {
            return Stream.generate(() -> CalculatorChats.question(random));
        }
    };

    private static final ConversationGenerator CONVERSATIONS = new ConversationGenerator(ChatSeeds.load(),
            List.of(new Weighted(Arithmetic.sumsTo20(HeldOut.PUBLISHED), 4), new Weighted(Arithmetic.differencesTo20(HeldOut.PUBLISHED), 2),
                    new Weighted(new Stories(HeldOut.PUBLISHED), 1)),
            0.6);
    private static final FriendlyAnswers FRIENDLY = new FriendlyAnswers(CONVERSATIONS.topics(), HeldOut.PUBLISHED);

    /** Lines without end. */
    abstract Stream<String> lines(RandomGenerator random);

    /** Lines without end that have nothing which those to train on have. */
    Stream<String> heldOut(RandomGenerator random) {
        throw new IllegalArgumentException("Nothing of " + label() + " is held out; there is of "
                + Arrays.stream(values()).filter(ExampleData::holdsOut).map(ExampleData::label).collect(Collectors.joining(", "))
                + ". Another seed gives other lines.");
    }

    private boolean holdsOut() {
        return this == PAIRS || this == THUMBS || this == SUMS;
    }

    /** Its name in options. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A kind by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ExampleData named(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There are no examples of the kind " + label + "; there are "
                        + String.join(", ", Arrays.stream(values()).map(ExampleData::label).toList()) + "."));
    }

    /** The tool that conversations of {@link #TOOLS} and {@link #CALCULATIONS} are told of, as OpenAI's API has it. */
    public static ObjectNode calculator() {
        return CalculatorChats.definition();
    }

    /** Lines of JSON, to train on. */
    public List<String> lines(int count, long seed) {
        return lines(new SplittableRandom(seed)).limit(count).toList();
    }

    /**
     * Lines of JSON to be judged by: of other questions, and in other wordings, than those to train on have with any seed.
     *
     * @throws IllegalArgumentException if nothing of this kind is held out
     */
    public List<String> heldOutLines(int count, long seed) {
        return heldOut(new SplittableRandom(seed)).limit(count).toList();
    }
}
