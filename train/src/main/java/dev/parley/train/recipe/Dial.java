package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.model.ModelConfig;
import dev.parley.train.TrainingSetting;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One number instead of all others: {@code depth} or {@code params} of a new model gives its width, heads and MLP, and the tokens, batch,
 * learning rates and weight decay of the run, by published rules; a key that the recipe has keeps its value.
 *
 * <pre>{@code
 * model: {depth: 6}      # or {params: 30M}
 * }</pre>
 *
 * @param contextLength tokens of a row
 * @param corpusTokens tokens that there are to train on
 * @param reasons hears each number with its reason
 */
record Dial(RecipeText recipe, int vocabSize, int contextLength, long corpusTokens, Consumer<String> reasons) {

    static final String DEPTH = "depth";
    static final String PARAMS = "params";

    private static final int HEAD = 64; // GPT-2's
    private static final int ASPECT = 64; // width for each layer
    private static final int MOST_LAYERS = 200;
    private static final int TOKENS_IN_A_PASS = 8192;
    private static final double MUON_RATE = 0.02;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Layers and width of a network. */
    private record Shape(int layers, int width) {}

    static boolean isIn(RecipeText recipe) {
        var model = recipe.keys().path("model");
        return model.has(DEPTH) || model.has(PARAMS);
    }

    /** The recipe with another number, and without the shape that it gave instead. */
    static RecipeText dialled(RecipeText recipe, String key, JsonNode number) {
        var model = JSON.objectNode();
        for (var name : List.of("model_type", "dropout")) {
            if (recipe.keys().path("model").has(name)) model.set(name, recipe.keys().path("model").path(name));
        }
        return recipe.with("model", model).with("model." + key, number);
    }

    /** The recipe with what follows from its number. */
    RecipeText turned() {
        var shape = shape();
        var derived = new Derived(recipe);
        derived.set("model.num_hidden_layers", JSON.numberNode(shape.layers), "the depth");
        derived.set("model.hidden_size", JSON.numberNode(shape.width),
                "about " + ASPECT + " for each layer, as nanochat's dial; the ratio matters little (Kaplan et al. 2020, arXiv:2001.08361)");
        derived.set("model.num_attention_heads", JSON.numberNode(shape.width / HEAD), "heads of " + HEAD + ", as GPT-2's");
        derived.set("model.intermediate_size", JSON.numberNode(NewModel.gatedWidth(shape.width)),
                "8/3 of the width: with a gate as many parameters as 4 without (Shazeer 2020, arXiv:2002.05202)");
        run(derived, shape);
        return derived.recipe;
    }

    private void run(Derived derived, Shape shape) {
        var config = new NewModel(derived.without(DEPTH, PARAMS)).config(vocabSize, contextLength);
        var parameters = config.parameterCount();
        var budget = budget(derived, parameters, flopsOfToken(config, shape));
        var rows = Math.max(1, Math.round(budget.batch / contextLength));
        var inPass = (int) Math.min(rows, Math.max(1, TOKENS_IN_A_PASS / contextLength));
        derived.set("per_device_train_batch_size", JSON.numberNode(inPass), "passes of at most " + TOKENS_IN_A_PASS + " tokens");
        derived.set("gradient_accumulation_steps", JSON.numberNode(Math.ceilDiv((int) rows, inPass)), String.format(Locale.ROOT,
                "batches of 0.2920 C^0.3271 = %,.0f tokens, C = %.2g FLOP of the run (DeepSeek LLM 2024, arXiv:2401.02954, eq. 1)",
                budget.batch, budget.flops));
        var batch = (long) derived.whole("per_device_train_batch_size") * derived.whole("gradient_accumulation_steps") * contextLength;
        if (!derived.has("num_train_epochs")) derived.set("max_steps", JSON.numberNode(Math.max(1, Math.round(budget.tokens / batch))),
                budget.reason);
        var steps = Math.max(1, budget.tokens / batch);
        derived.set("optim", JSON.textNode("muon"), "Muon for the matrices of the layers, AdamW for the rest (Jordan et al. 2024)");
        derived.set("muon_learning_rate", JSON.numberNode(MUON_RATE),
                "found by Parley's small runs; each output changes alike, so that it holds for every width "
                        + "(Yang et al. 2023, arXiv:2310.17813)");
        derived.set("ns_coefficients", JSON.textNode("polar_express"),
                "three steps do the work of five (Amsel et al. 2025, arXiv:2505.16932)");
        derived.set("ns_steps", JSON.numberNode(3), "as said");
        derived.set("learning_rate", rounded(0.3118 * Math.pow(budget.flops, -0.1250)),
                "0.3118 C^-0.1250, for what Muon does not train (arXiv:2401.02954, eq. 1)");
        derived.set("weight_decay", rounded(5 / (derived.number("muon_learning_rate") * steps)),
                "weights average over a fifth of the run: 1 / (rate x decay) steps (Wang and Aitchison 2024, arXiv:2405.13698; "
                        + "about a fifth "
                        + "at 20 tokens a parameter: Bergsma et al. 2025, arXiv:2505.13738)");
        derived.set("adam_beta2", JSON.numberNode(0.95), "as GPT-3 (arXiv:2005.14165)");
        derived.set("warmup_steps", JSON.numberNode(Math.max(1, Math.round(steps / 50))), "2 % of the run, as nanoGPT's small example");
        if (!derived.has("lr_scheduler_type")) derived.set("lr_scheduler_kwargs", JSON.objectNode().put("min_lr_rate", 0.1), "to a tenth");
        derived.set("lr_scheduler_type", JSON.textNode("cosine_with_min_lr"), "a cosine as long as the run (arXiv:2203.15556)");
    }

    /** @param batch in tokens */
    private record Budget(double tokens, double batch, double flops, String reason) {}

    private Budget budget(Derived derived, long parameters, double flopsOfToken) {
        var wanted = 20.0 * parameters;
        var reason = "20 tokens for each of %,d parameters (Chinchilla: Hoffmann et al. 2022, arXiv:2203.15556)";
        if (wanted > 4.0 * corpusTokens) {
            wanted = 4.0 * corpusTokens;
            reason = "%,d parameters could use 20 tokens each, but there are few: four epochs, beyond which repeated ones teach little "
                    + "(Muennighoff et al. 2023, arXiv:2305.16264)";
        }
        if (derived.has("num_train_epochs")) wanted = derived.number("num_train_epochs") * corpusTokens;
        var tokens = wanted;
        var batch = batch(flopsOfToken * tokens);
        for (int i = 0; derived.has("max_steps") && i < 50; i++) { // the batch depends on the tokens, and they on the batch
            tokens = derived.number("max_steps") * batch;
            batch = batch(flopsOfToken * tokens);
        }
        return new Budget(tokens, batch, flopsOfToken * tokens, String.format(Locale.ROOT, reason, parameters));
    }

    private double batch(double flops) {
        return Math.max(contextLength, 0.2920 * Math.pow(flops, 0.3271));
    }

    /** 6 for each parameter of the layers, and attention's: "M" of arXiv:2401.02954, eq. 2. */
    private double flopsOfToken(ModelConfig config, Shape shape) {
        var layers = config.parameterCount() - (long) vocabSize * shape.width;
        return 6.0 * layers + 12.0 * shape.layers * shape.width * contextLength;
    }

    private static JsonNode rounded(double number) {
        return JSON.numberNode(Double.parseDouble(String.format(Locale.ROOT, "%.2g", number)));
    }

    // ---- the shape ----

    private Shape shape() {
        var model = recipe.keys().path("model");
        if (model.has(DEPTH) && model.has(PARAMS)) throw recipe.wrong("model.params", "a model has either a depth or params, not both.");
        if (model.has(PARAMS)) return ofParameters(parameters(model.path(PARAMS)));
        var depth = TrainingSetting.wholeNumber(model.path(DEPTH)).orElse(0);
        if (depth < 1 || depth > MOST_LAYERS)
            throw recipe.wrong("model.depth", "depth is " + model.path(DEPTH) + "; it is a whole number from 1 to " + MOST_LAYERS + ".");
        return new Shape(depth, depth * ASPECT);
    }

    /** 30M, 1.5B, 800K or a number. */
    private double parameters(JsonNode value) {
        var text = value.asText().toUpperCase(Locale.ROOT);
        var unit = text.isEmpty() ? -1 : "KMB".indexOf(text.charAt(text.length() - 1));
        try {
            var number = Double.parseDouble(unit < 0 ? text : text.substring(0, text.length() - 1)) * Math.pow(1000, unit + 1);
            if (number >= 1000 && number <= 1e12) return number;
        } catch (NumberFormatException e) {
            // said below
        }
        throw recipe.wrong("model.params", "params is " + value + "; it is a number of parameters such as 30M, from 1K to 1000B.");
    }

    /** Of all shapes whose width is 48 to 96 for each layer, the one that comes nearest. */
    private Shape ofParameters(double wanted) {
        var best = new Shape(1, ASPECT);
        for (int layers = 1; layers <= MOST_LAYERS; layers++) {
            for (int width = Math.ceilDiv(48 * layers, HEAD) * HEAD; width <= 96 * layers; width += HEAD) {
                var shape = new Shape(layers, width);
                if (distance(shape, wanted) < distance(best, wanted)) best = shape;
            }
        }
        return best;
    }

    private double distance(Shape shape, double wanted) {
        var width = (double) shape.width;
        var layer = 4 * width * width + 3 * width * NewModel.gatedWidth(shape.width); // norms are too small to matter
        return Math.abs(Math.log((vocabSize * width + shape.layers * layer) / wanted));
    }

    /** The recipe as it grows. */
    private final class Derived {

        private RecipeText recipe;

        Derived(RecipeText recipe) {
            this.recipe = recipe;
        }

        boolean has(String key) {
            return !value(key).isMissingNode() && !value(key).isNull();
        }

        private JsonNode value(String key) {
            return recipe.keys().at("/" + key.replace('.', '/'));
        }

        void set(String key, JsonNode value, String reason) {
            if (has(key)) {
                reasons.accept(key + " " + value(key) + ": the recipe's");
                return;
            }
            recipe = recipe.with(key, value);
            reasons.accept(key + " " + (value.isTextual() ? value.asText() : value) + ": " + reason);
        }

        double number(String key) {
            return Double.parseDouble(recipe.keys().path(key).asText());
        }

        int whole(String key) {
            return (int) number(key);
        }

        RecipeText without(String... names) {
            var model = recipe.keys().withObject("/model").deepCopy();
            for (var name : names) model.remove(name);
            return recipe.with("model", model);
        }
    }
}
