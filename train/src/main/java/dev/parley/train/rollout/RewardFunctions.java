package dev.parley.train.rollout;

import dev.parley.grammar.Grammar;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Rewards by what an answer says, how long it is, and which tools it called. Each is 1 or 0 unless it says otherwise. */
public final class RewardFunctions {

    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9,]*(\\.[0-9]+)?|-?\\.[0-9]+");

    private RewardFunctions() {}

    private static double score(boolean right) {
        return right ? 1 : 0;
    }

    /** The answer is the wanted one, word for word, but for space around it. */
    public static Reward exact() {
        return Reward.of("exact", rollout -> score(rollout.text().strip().equals(wanted(rollout).strip())));
    }

    /** The last number of the answer is the last of the wanted one: 1,000 and 1000.0 are the same. */
    public static Reward number() {
        return Reward.of("number", rollout -> {
            var said = lastNumber(rollout.text());
            return score(said.isPresent() && lastNumber(wanted(rollout)).filter(number -> number.compareTo(said.get()) == 0).isPresent());
        });
    }

    /** The wanted answer stands somewhere in it. */
    public static Reward contains() {
        return Reward.of("contains", rollout -> score(rollout.text().contains(wanted(rollout).strip())));
    }

    /**
     * All of the answer fits a regular expression, in the dialect of {@link Grammar#ofRegex}.
     *
     * @throws dev.parley.grammar.GrammarException if it is none
     */
    public static Reward regex(String regex) {
        return byGrammar("regex", Grammar.ofRegex(regex));
    }

    /**
     * The answer is JSON that keeps to a schema.
     *
     * @throws dev.parley.grammar.GrammarException if the schema cannot be honoured
     */
    public static Reward jsonSchema(String schema) {
        return byGrammar("json_schema", Grammar.ofJsonSchema(schema));
    }

    private static Reward byGrammar(String name, Grammar grammar) {
        grammar.compile();
        return Reward.of(name, rollout -> score(grammar.matches(rollout.text().strip())));
    }

    /**
     * 0 up to so many tokens, from there down to -1 at the longest that an answer may be: Yu et al. 2025 (arXiv:2503.14476), equation 13.
     *
     * @param free tokens that cost nothing
     * @param longest that an answer may have
     */
    public static Reward length(int free, int longest) {
        if (free < 1 || free >= longest)
            throw new IllegalArgumentException("length is " + free + "; it is from 1 to below max_completion_length, " + longest + ".");
        return Reward.of("length", rollout -> Math.clamp((double) (free - rollout.tokens()) / (longest - free), -1.0, 0.0));
    }

    /** Tools were called as wanted: that which the line names under {@code tool}, none where it says "none", else any, and without fault. */
    public static Reward tool() {
        return Reward.of("tool", rollout -> {
            var wanted = rollout.question().asked().more().path("tool").asText();
            if (wanted.equals("none")) return score(rollout.calls().isEmpty());
            return score(!rollout.calls().isEmpty()
                    && rollout.calls().stream().allMatch(call -> !call.isFault() && (wanted.isEmpty() || call.name().equals(wanted))));
        });
    }

    private static String wanted(Rollout rollout) {
        return rollout.question().asked().answer();
    }

    private static Optional<BigDecimal> lastNumber(String text) {
        return NUMBER.matcher(text).results().reduce((first, second) -> second)
                .map(found -> new BigDecimal(found.group().replace(",", "")));
    }
}
