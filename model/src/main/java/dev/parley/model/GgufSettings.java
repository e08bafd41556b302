package dev.parley.model;

import dev.parley.weights.Gguf;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a GGUF file, each checked for its kind. Those of its network are asked for without the name of its
 * architecture: {@code block_count} stands in the file as {@code llama.block_count}.
 */
public record GgufSettings(Gguf gguf) {

    /** To name in messages. */
    public Path file() {
        return gguf.file();
    }

    /** The file's {@code general.architecture}. */
    public String architecture() {
        return text("general.architecture");
    }

    /** Whether the file has a tensor. */
    public boolean has(String tensor) {
        return gguf.tensors().containsKey(tensor);
    }

    // ---- of the network ----

    /** A whole number that must be there. */
    public int need(String key) {
        var value = whole(key).orElseThrow(() -> fault(key, "a whole number"));
        if (value < 0 || value > Integer.MAX_VALUE) throw fault(key, "a whole number from 0 to " + Integer.MAX_VALUE);
        return value.intValue();
    }

    /** Layers of the network, as many as a model can have; a file that says more would fill the memory before it is refused. */
    public int layers() {
        var count = need("block_count");
        if (count < 1 || count > 1 << 12) throw fault("block_count", "a number of layers from 1 to " + (1 << 12));
        return count;
    }

    /**
     * A whole number of the network, if the file has it.
     *
     * @param key without the name of the architecture
     * @return its value
     * @throws ModelException if it is anything else
     */
    public Optional<Long> whole(String key) {
        return wholeAt(inFull(key));
    }

    /**
     * Whole numbers of the network, one for each layer: where the file has a single one, it is that of all.
     *
     * @param key without the name of the architecture
     * @throws ModelException if it is anything else, or there are not as many
     */
    public List<Integer> ofLayers(String key) {
        var layers = layers();
        if (!(gguf.metadata().get(inFull(key)) instanceof List<?> list)) return Collections.nCopies(layers, need(key));
        if (list.size() != layers) throw fault(key, "one whole number for each of " + layers + " layers");
        return list.stream().map(value -> {
            if (value instanceof Long n && n >= 0 && n <= Integer.MAX_VALUE) return n.intValue();
            throw fault(key, "whole numbers from 0 to " + Integer.MAX_VALUE);
        }).toList();
    }

    /**
     * A number of the network.
     *
     * @param key without the name of the architecture
     * @param byDefault where the file does not have it
     * @return its value, as the decimal that it was written from: 1e-6 and not the float next to it
     * @throws ModelException if it is anything else
     */
    public double number(String key, double byDefault) {
        var value = gguf.metadata().get(inFull(key));
        if (value == null) return byDefault;
        if (value instanceof Double x && Double.isFinite(x)) // as it was written
            return new BigDecimal(Float.toString(x.floatValue())).doubleValue();
        throw fault(key, "a number");
    }

    /** True or false, of the network. */
    public boolean flag(String key, boolean byDefault) {
        var value = gguf.metadata().get(inFull(key));
        if (value == null) return byDefault;
        if (!(value instanceof Boolean flag)) throw fault(key, "true or false");
        return flag;
    }

    /**
     * A text of the network.
     *
     * @param key without the name of the architecture
     * @param byDefault where the file does not have it
     * @return its value
     * @throws ModelException if it is anything else
     */
    public String textOr(String key, String byDefault) {
        return gguf.metadata().containsKey(inFull(key)) ? text(inFull(key)) : byDefault;
    }

    /**
     * What to throw for a setting that Parley cannot compute with.
     *
     * @param wanted what it needs
     */
    public ModelException fault(String key, String wanted) {
        return faultAt(inFull(key), wanted);
    }

    private String inFull(String key) {
        return architecture() + "." + key;
    }

    // ---- of the file ----

    /** A whole number under its full name. */
    Optional<Long> wholeAt(String key) {
        var value = gguf.metadata().get(key);
        if (value == null) return Optional.empty();
        if (value instanceof Long n) return Optional.of(n);
        throw faultAt(key, "a whole number");
    }

    private String text(String key) {
        if (gguf.metadata().get(key) instanceof String text) return text;
        throw faultAt(key, "a string");
    }

    /** Rows of a matrix. */
    long rows(String tensor) {
        var entry = gguf.tensors().get(tensor);
        if (entry == null || entry.shape().length != 2) throw new ModelException(gguf.file() + ": the tensor " + tensor + " is missing.");
        return entry.shape()[0];
    }

    private ModelException faultAt(String key, String wanted) {
        var value = String.valueOf(gguf.metadata().get(key));
        return new ModelException(gguf.file() + ": " + key + " is " + (value.length() > 60 ? value.substring(0, 60) + "…" : value)
                + " where " + wanted + " is needed.");
    }
}
