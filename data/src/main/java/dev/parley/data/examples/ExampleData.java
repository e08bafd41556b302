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
import java.util.stream.Stream;

/** Kinds of example data. The same kind, count and seed give the same lines. */
public enum ExampleData {

    /** Conversations about Parley and models, in English and Chinese, small sums and stories: for {@code sft}. */
    CHATS {
        @Override
        String line(RandomGenerator random) {
            return Questions.json(Chat.of(CONVERSATIONS.next(random)));
        }
    },

    /** Conversations in which a calculator is called where there is something to calculate: for {@code sft}. */
    TOOLS {
        @Override
        String line(RandomGenerator random) {
            return Questions.json(CalculatorChats.next(CONVERSATIONS, random));
        }
    },

    /** A right and a wrong answer to a question: for {@code dpo}. */
    PAIRS {
        @Override
        String line(RandomGenerator random) {
            return Questions.next(CONVERSATIONS, random).pair();
        }
    },

    /** An answer with a thumb up where it is right, and down where it is not: for {@code kto}. */
    THUMBS {
        @Override
        String line(RandomGenerator random) {
            return Questions.next(CONVERSATIONS, random).thumb(random.nextBoolean());
        }
    },

    /** A sum and its result: for {@code grpo}. */
    SUMS {
        @Override
        String line(RandomGenerator random) {
            return Questions.sum(random).prompt();
        }
    },

    /** The same of pairs of numbers that neither {@link #SUMS} nor a quickstart has ever trained on: to evaluate on. */
    HELD_OUT_SUMS {
        @Override
        String line(RandomGenerator random) {
            return Questions.heldOutSum(random).prompt();
        }
    },

    /** A question for a calculator, and its result: for {@code grpo} with a tool. */
    CALCULATIONS {
        @Override
        String line(RandomGenerator random) {
            return CalculatorChats.question(random);
        }
    };

    private static final ConversationGenerator CONVERSATIONS = new ConversationGenerator(ChatSeeds.load(),
            List.of(new Weighted(Arithmetic.sumsTo20(HeldOut.PUBLISHED), 4), new Weighted(Arithmetic.differencesTo20(HeldOut.PUBLISHED), 2),
                    new Weighted(new Stories(HeldOut.PUBLISHED), 1)),
            0.6);

    abstract String line(RandomGenerator random);

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

    /** Lines of JSON. */
    public List<String> lines(int count, long seed) {
        var random = new SplittableRandom(seed);
        return Stream.generate(() -> line(random)).limit(count).toList();
    }
}
