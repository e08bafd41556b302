package dev.parley.model;

import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.model.Blueprint.NormSpec;
import dev.parley.model.WeightSpec.Init;
import dev.parley.model.WeightSpec.RowOrder;
import dev.parley.model.WeightSpec.Use;
import dev.parley.weights.StackedWeights.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Draws the parts of a blueprint: each under its name in Hugging Face's files and in GGUF's, with the spread that its fresh
 * weights have. It is a convenience for {@link Family#blueprint}.
 *
 * <pre>{@code
 * var layer = draft.under("model.layers.3.", "blk.3.");
 * layer.reading("self_attn.q_proj", "attn_q", width, querySize, false);  // model.layers.3.self_attn.q_proj.weight
 * }</pre>
 */
public final class BlueprintDraft {

    private final ModelConfig config;
    private final String path;
    private final String ggufPath;
    private final boolean inOut;
    private final RowOrder ggufRows;
    private final int ggufSlice;
    private final Optional<Part> part;

    private BlueprintDraft(ModelConfig config, String path, String ggufPath, boolean inOut, RowOrder ggufRows, int ggufSlice,
            Optional<Part> part) {
        this.config = config;
        this.path = path;
        this.ggufPath = ggufPath;
        this.inOut = inOut;
        this.ggufRows = ggufRows;
        this.ggufSlice = ggufSlice;
        this.part = part;
    }

    /** One that stores matrices as (out, in), as torch's Linear does. */
    public static BlueprintDraft of(ModelConfig config) {
        return new BlueprintDraft(config, "", "", false, RowOrder.SAME, -1, Optional.empty());
    }

    /** The same, below a place in the tree of names. */
    public BlueprintDraft under(String path, String ggufPath) {
        return new BlueprintDraft(config, this.path + path, this.ggufPath + ggufPath, inOut, ggufRows, ggufSlice, part);
    }

    /** The same with matrices as (in, out). */
    public BlueprintDraft storingInOut() {
        return new BlueprintDraft(config, path, ggufPath, true, ggufRows, ggufSlice, part);
    }

    /** The same for rows that GGUF has in another order. */
    public BlueprintDraft inGguf(RowOrder rows) {
        return new BlueprintDraft(config, path, ggufPath, inOut, rows, ggufSlice, part);
    }

    /**
     * The same for matrices that GGUF has stacked in one tensor.
     *
     * @param number among them, from 0
     */
    public BlueprintDraft slice(int number) {
        return new BlueprintDraft(config, path, ggufPath, inOut, ggufRows, number, part);
    }

    /**
     * The same for products that Hugging Face's files have within a larger tensor, in which matrices (in, out) are stacked.
     *
     * @param in which one, and where there; the name is below this draft's place, and the bias lies in the tensor of that name with
     *     {@code _bias} at its end
     */
    public BlueprintDraft partOf(Part in) {
        return new BlueprintDraft(config, path, ggufPath, inOut, ggufRows, ggufSlice, Optional.of(in.named(path + in.tensor())));
    }

    /** A table of vectors of the residual stream, whose rows are looked up. */
    public WeightSpec table(String name, String ggufName, int rows) {
        return rows(name, ggufName, rows, Use.TABLE);
    }

    /** The table of token embeddings, which is also the head where the config ties them (Press and Wolf 2017, arXiv:1608.05859). */
    public WeightSpec tokens(String name, String ggufName) {
        return rows(name, ggufName, config.vocabSize(), config.tieWordEmbeddings() ? Use.HEAD : Use.TABLE);
    }

    /** The head of a config that does not tie it. */
    public WeightSpec head(String name, String ggufName) {
        return rows(name, ggufName, config.vocabSize(), Use.HEAD);
    }

    private WeightSpec rows(String name, String ggufName, int rows, Use use) {
        return weight(name + ".weight", ggufName + ".weight", use, Init.normal(config.initializerRange()), -1, Optional.empty(), rows,
                config.hiddenSize());
    }

    /** A layer norm, Ba et al. 2016 (arXiv:1607.06450). */
    public NormSpec layerNorm(String name, String ggufName, int size) {
        return new NormSpec(norm(name + ".weight", ggufName + ".weight", 1, size),
                Optional.of(norm(name + ".bias", ggufName + ".bias", 0, size)),
                config.normEpsilon());
    }

    /** A root mean square norm, Zhang and Sennrich 2019 (arXiv:1910.07467). */
    public NormSpec rmsNorm(String name, String ggufName, int size) {
        return new NormSpec(norm(name + ".weight", ggufName + ".weight", 1, size), Optional.empty(), config.normEpsilon());
    }

    /** The same whose learned numbers are their distance from 1; GGUF has the scales themselves. */
    public NormSpec rmsNormFromOne(String name, String ggufName, int size) {
        var scale = new WeightSpec(path + name + ".weight", this.ggufPath + ggufName + ".weight", List.of((long) size), Use.NORM,
                Init.constant(0), -1, ggufRows, 1, ggufSlice, Optional.empty());
        return new NormSpec(scale, Optional.empty(), config.normEpsilon(), 1);
    }

    private WeightSpec norm(String name, String ggufName, double value, int size) {
        return weight(name, ggufName, Use.NORM, Init.constant(value), -1, Optional.empty(), size);
    }

    /**
     * A product that reads the residual stream: its outputs are divided among heads or neurons.
     *
     * @param bias whether one is added
     */
    public LinearSpec reading(String name, String ggufName, int in, int out, boolean bias) {
        return linear(name, ggufName, in, out, bias, config.initializerRange(), inOut ? 1 : 0);
    }

    /** One that writes to it, which starts smaller, by the number of such products; Radford et al. 2019, section 2.3. */
    public LinearSpec writing(String name, String ggufName, int in, int out, boolean bias) {
        return linear(name, ggufName, in, out, bias, config.initializerRange() / Math.sqrt(2.0 * config.numHiddenLayers()), inOut ? 0 : 1);
    }

    /** The factors of a convolution, see {@link Blueprint.ShortConvSpec}. */
    public WeightSpec kernel(String name, String ggufName, int channels, int taps) {
        return weight(name + ".weight", ggufName + ".weight", Use.KERNEL, Init.normal(config.initializerRange()), -1, Optional.empty(),
                channels, 1, taps);
    }

    private LinearSpec linear(String name, String ggufName, int in, int out, boolean bias, double deviation, int innerDimension) {
        var weight = weight(name + ".weight", ggufName + ".weight", inOut ? Use.MATRIX_IN_OUT : Use.MATRIX, Init.normal(deviation),
                innerDimension, part,
                inOut ? in : out, inOut ? out : in);
        return new LinearSpec(weight,
                bias ? Optional.of(weight(name + ".bias", ggufName + ".bias", Use.VECTOR, Init.constant(0), -1,
                        part.map(place -> place.named(place.tensor() + "_bias")), out)) : Optional.empty());
    }

    /** A learned number of each head. */
    public WeightSpec ofHeads(String name, String ggufName, int heads) {
        return weight(name, ggufName, Use.VECTOR, Init.normal(config.initializerRange()), -1, Optional.empty(), heads);
    }

    private WeightSpec weight(String name, String ggufName, Use use, Init init, int innerDimension, Optional<Part> part, long... shape) {
        return new WeightSpec(path + name, ggufPath + ggufName, Arrays.stream(shape).boxed().toList(), use, init, innerDimension,
                ggufRows, 0, ggufSlice, part);
    }
}
