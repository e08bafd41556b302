package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.train.TrainingSetting;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A key of recipes that is no setting of training: what it may hold, and what it does. The table in docs/recipes.md is made of
 * {@link RecipeKeys#OWN}.
 *
 * @param values in a few words
 * @param byDefault in a few words
 */
record RecipeKey(String name, Predicate<JsonNode> allows, String values, String byDefault, String sentence) {

    static RecipeKey text(String name, String values, String byDefault, String sentence) {
        return new RecipeKey(name, JsonNode::isTextual, values, byDefault, sentence);
    }

    static RecipeKey files(String name, String sentence) {
        return new RecipeKey(name, node -> node.isTextual() || node.isArray() && !node.isEmpty() && all(node), "file, folder, or a list",
                "", sentence);
    }

    private static boolean all(JsonNode list) {
        for (var file : list) {
            if (!file.isTextual()) return false;
        }
        return true;
    }

    static RecipeKey flag(String name, String sentence) {
        return new RecipeKey(name, node -> List.of("true", "false", "yes", "no", "on", "off").contains(node.asText()), "true, false",
                "false",
                sentence);
    }

    static RecipeKey count(String name, int least, String byDefault, String sentence) {
        return new RecipeKey(name, node -> TrainingSetting.wholeNumber(node).orElse(least - 1) >= least, "integer ≥ " + least, byDefault,
                sentence);
    }

    static RecipeKey number(String name, DoublePredicate allows, String values, String byDefault, String sentence) {
        return new RecipeKey(name,
                node -> (node.isNumber() || node.asText().matches("[0-9.eE+-]+")) && allows.test(node.asDouble(Double.NaN)), values,
                byDefault, sentence);
    }

    static RecipeKey oneOf(String name, List<String> labels, String byDefault, String sentence) {
        return new RecipeKey(name, node -> labels.contains(node.asText()),
                labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", ")), byDefault, sentence);
    }

    static <T> List<String> labels(T[] values, java.util.function.Function<T, String> label) {
        return Arrays.stream(values).map(label).toList();
    }

    /** What is wrong with a value, if anything is. */
    Optional<String> fault(JsonNode value) {
        return value.isNull() || allows.test(value) ? Optional.empty()
                : Optional.of(name + " is " + value + "; it is " + values.replace("`", "") + ".");
    }
}
