package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.train.TrainingArguments;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The settings of training in a recipe. */
record RecipeArguments(RecipeText text, Consumer<String> notes) {

    TrainingArguments read() {
        var given = text.keys().deepCopy();
        if (text.has("bf16")) given.put("bf16", bf16(given.path("bf16").asText()));
        return read(given);
    }

    /** What settings say that cannot be together is told before files are read; what the dial will set is not there yet. */
    void check() {
        if (Dial.isIn(text)) return;
        var given = text.keys().deepCopy();
        given.remove("bf16"); // may be "always"
        read(given);
    }

    private TrainingArguments read(ObjectNode given) {
        try {
            return TrainingArguments.builder().read(given).build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text.name() + ": " + e.getMessage(), e);
        }
    }

    /** As asked for; on a processor without instructions for bfloat16, where it is many times slower than float32, only if insisted. */
    private String bf16(String asked) {
        if (asked.equals("always")) return "true";
        if (!List.of("true", "yes", "on").contains(asked.toLowerCase(Locale.ROOT)) || CpuFeatures.hasFastBfloat16()) return asked;
        notes.accept("bf16: this processor has no instructions for bfloat16, which would be many times slower: float32 is taken (bf16: "
                + "always insists).");
        return "false";
    }
}
