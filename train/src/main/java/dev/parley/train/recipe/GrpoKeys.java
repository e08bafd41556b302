package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.train.objective.GrpoSettings;
import dev.parley.train.objective.ScaleRewards;
import dev.parley.train.rollout.Calculator;
import dev.parley.train.rollout.Reward;
import dev.parley.train.rollout.RewardFunctions;
import dev.parley.train.rollout.Rewards;
import dev.parley.train.rollout.Rewards.Weighted;
import dev.parley.train.rollout.RolloutSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** The keys of {@link GrpoStage}, as TRL names them, and what a recipe's values of them mean. */
record GrpoKeys(RecipeText text) {

    private static final Map<String, Supplier<Reward>> REWARDS = Map.of("exact", RewardFunctions::exact, "number", RewardFunctions::number,
            "contains", RewardFunctions::contains, "tool", RewardFunctions::tool);
    private static final List<String> REWARDS_WITH_VALUE = List.of("regex", "json_schema", "length");

    static final List<RecipeKey> ALL = List.of(JudgedAnswers.BETA, JudgedAnswers.LOSS_TYPE,
            new RecipeKey("reward_funcs", GrpoKeys::areRewards, "names, or a list", "needed",
                    "`grpo`: what judges an answer: `exact`, `number`, `contains`, `tool`, `{regex: …}`, `{json_schema: …}`, `{length: …}`."),
            new RecipeKey("reward_weights", node -> node.isArray() && all(node, JsonNode::isNumber), "list of numbers", "1 each",
                    "`grpo`: how much each of `reward_funcs` counts."),
            RecipeKey.count("num_generations", 2, "8", "`grpo`: answers that are tried to each question."),
            RecipeKey.count("max_completion_length", 1, "256", "`grpo`: tokens of an answer at most, with what tools return."),
            RecipeKey.number("temperature", value -> value > 0, "number > 0", "1", "`grpo`: of the tokens that are drawn."),
            RecipeKey.number("top_p", value -> value > 0 && value <= 1, "number in (0, 1]", "1",
                    "`grpo`: share of the likeliest tokens that are drawn from."),
            RecipeKey.count("top_k", 0, "0", "`grpo`: number of the likeliest tokens that are drawn from; 0 for all."),
            RecipeKey.number("epsilon", value -> value > 0 && value < 1, "number in (0, 1)", "0.2",
                    "`grpo`: how far below 1 the ratio of new to old probability may go."),
            RecipeKey.number("epsilon_high", value -> value > 0, "number > 0", "`epsilon`", "`grpo`: how far above 1."),
            RecipeKey.oneOf("scale_rewards", ScaleRewards.labels(), "group",
                    "`grpo`: whose standard deviation advantages are divided by."),
            RecipeKey.count("num_iterations", 1, "1", "`grpo`: steps in which the same answers are learned from."),
            RecipeKey.flag("mask_truncated_completions", "`grpo`: compare answers that were cut off, but do not learn from them."),
            new RecipeKey("tools", node -> node.asText().equals(Calculator.NAME) || node.isArray() && all(node,
                    name -> name.asText().equals(Calculator.NAME)), "`calculate`, or a list", "none",
                    "`grpo`: what answers may call while they are tried. A line's own `tools` is what it is told of; else these."),
            RecipeKey.count("max_tool_calling_iterations", 0, "4", "`grpo`: how often an answer may call tools."));

    private static boolean all(JsonNode list, Predicate<JsonNode> allows) {
        return StreamSupport.stream(list.spliterator(), false).allMatch(allows);
    }

    private static boolean areRewards(JsonNode node) {
        if (node.isArray()) return !node.isEmpty() && all(node, GrpoKeys::isReward);
        return isReward(node);
    }

    private static boolean isReward(JsonNode node) {
        return node.isTextual() ? REWARDS.containsKey(node.textValue())
                : node.size() == 1 && node.isObject() && REWARDS_WITH_VALUE.contains(node.fieldNames().next());
    }

    GrpoSettings settings() {
        var byDefault = GrpoSettings.DEFAULT;
        var epsilon = text.number("epsilon", byDefault.epsilon());
        return new GrpoSettings(JudgedAnswers.grpoLoss(text), ScaleRewards.named(text.keys().path("scale_rewards").asText("group")),
                epsilon,
                text.number("epsilon_high", epsilon), text.number("beta", 0), count("num_iterations", byDefault.numIterations()),
                text.flag("mask_truncated_completions"));
    }

    RolloutSettings rollouts() {
        var byDefault = RolloutSettings.DEFAULT;
        return new RolloutSettings(count("num_generations", byDefault.numGenerations()),
                count("max_completion_length", byDefault.maxCompletionLength()), text.number("temperature", byDefault.temperature()),
                text.number("top_p", byDefault.topP()), count("top_k", byDefault.topK()),
                count("max_tool_calling_iterations", byDefault.maxToolCallingIterations()));
    }

    private int count(String key, int byDefault) {
        return text.has(key) ? text.keys().path(key).asInt() : byDefault;
    }

    boolean hasTools() {
        return text.has("tools") && !text.keys().path("tools").isEmpty() || text.keys().path("tools").isTextual();
    }

    Rewards rewards() {
        if (!text.has("reward_funcs")) throw text.wrong("stage", "stage grpo needs reward_funcs: what judges an answer, such as number.");
        var node = text.keys().path("reward_funcs");
        var given = node.isArray() ? StreamSupport.stream(node.spliterator(), false).toList() : List.of(node);
        var weights = text.keys().path("reward_weights");
        if (text.has("reward_weights") && weights.size() != given.size())
            throw text.wrong("reward_weights", "there are " + weights.size() + " reward_weights for " + given.size() + " reward_funcs.");
        var all = new ArrayList<Weighted>();
        for (int i = 0; i < given.size(); i++)
            all.add(new Weighted(reward(given.get(i)), text.has("reward_weights") ? weights.get(i).asDouble() : 1));
        try {
            return new Rewards(all);
        } catch (IllegalArgumentException e) {
            throw text.wrong("reward_funcs", e.getMessage());
        }
    }

    private Reward reward(JsonNode node) {
        if (node.isTextual()) return REWARDS.get(node.textValue()).get();
        var name = node.fieldNames().next();
        var value = node.path(name);
        try {
            return switch (name) {
                case "regex" -> RewardFunctions.regex(value.asText());
                case "json_schema" -> RewardFunctions.jsonSchema(value.isTextual() ? value.textValue() : value.toString());
                default -> RewardFunctions.length(value.asInt(), rollouts().maxCompletionLength());
            };
        } catch (IllegalArgumentException e) {
            throw text.wrong("reward_funcs", name + ": " + e.getMessage());
        }
    }
}
