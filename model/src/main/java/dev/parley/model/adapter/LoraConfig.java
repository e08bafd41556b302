package dev.parley.model.adapter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.adapter.TargetModules.AllLinear;
import dev.parley.model.adapter.TargetModules.Matching;
import dev.parley.model.adapter.TargetModules.Named;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a LoRA adapter is: PEFT's {@code adapter_config.json}.
 *
 * <pre>{@code
 * var config = LoraConfig.of(16, 32).withTargets(new TargetModules.Named(List.of("q_proj", "v_proj"))).withDropout(0.05);
 * }</pre>
 *
 * @param r rank of the product beside each matrix
 * @param loraAlpha by which its share is scaled, see {@link #scale(int)}
 * @param loraDropout of what A reads, in training
 * @param targetModules the linear parts that have one
 * @param useRslora whether the scale is alpha / √r (Kalajdzievski 2023, arXiv:2312.03732) rather than alpha / r
 * @param modulesToSave parts that are learned and kept whole beside the adapter, by their names or the ends of these
 * @param fanInFanOut whether the matrices lie as (in, out), as GPT-2's
 * @param baseModel where the model is that it was made for, for whoever looks
 */
public record LoraConfig(int r, double loraAlpha, double loraDropout, TargetModules targetModules, boolean useRslora,
        List<String> modulesToSave, boolean fanInFanOut, Optional<String> baseModel) {

    /** The largest rank. */
    static final int LARGEST_RANK = 1 << 14;

    /** @throws IllegalArgumentException naming what no adapter can have */
    public LoraConfig {
        modulesToSave = List.copyOf(modulesToSave);
        if (r < 1 || r > LARGEST_RANK) throw new IllegalArgumentException("r is " + r + "; a rank is 1 to " + LARGEST_RANK + ".");
        if (!(loraAlpha > 0) || Double.isInfinite(loraAlpha))
            throw new IllegalArgumentException("lora_alpha is " + loraAlpha + "; it must be above 0.");
        if (!(loraDropout >= 0 && loraDropout < 1))
            throw new IllegalArgumentException("lora_dropout is " + loraDropout + "; it must be 0 or more, and below 1.");
        if (modulesToSave.stream().anyMatch(String::isBlank))
            throw new IllegalArgumentException("modules_to_save has an empty name.");
    }

    /** An adapter of every linear part of the layers, without dropout. */
    public static LoraConfig of(int r, double loraAlpha) {
        return new LoraConfig(r, loraAlpha, 0, new AllLinear(), false, List.of(), false, Optional.empty());
    }

    /** The same beside other matrices. */
    public LoraConfig withTargets(TargetModules targets) {
        return new LoraConfig(r, loraAlpha, loraDropout, targets, useRslora, modulesToSave, fanInFanOut, baseModel);
    }

    /** The same with another dropout. */
    public LoraConfig withDropout(double dropout) {
        return new LoraConfig(r, loraAlpha, dropout, targetModules, useRslora, modulesToSave, fanInFanOut, baseModel);
    }

    /** The same scaled by alpha / √r, or not. */
    public LoraConfig withRslora(boolean rslora) {
        return new LoraConfig(r, loraAlpha, loraDropout, targetModules, rslora, modulesToSave, fanInFanOut, baseModel);
    }

    /** The same that learns these parts whole. */
    public LoraConfig withModulesToSave(List<String> modules) {
        return new LoraConfig(r, loraAlpha, loraDropout, targetModules, useRslora, modules, fanInFanOut, baseModel);
    }

    /** The same for matrices that lie as (in, out), or not. */
    public LoraConfig withFanInFanOut(boolean inOut) {
        return new LoraConfig(r, loraAlpha, loraDropout, targetModules, useRslora, modulesToSave, inOut, baseModel);
    }

    /** The same, made for a model that lies there. */
    public LoraConfig withBaseModel(String where) {
        return new LoraConfig(r, loraAlpha, loraDropout, targetModules, useRslora, modulesToSave, fanInFanOut, Optional.of(where));
    }

    /**
     * What x Aᵀ Bᵀ is multiplied by.
     *
     * @param rank of the pair
     */
    public double scale(int rank) {
        return useRslora ? loraAlpha / Math.sqrt(rank) : loraAlpha / rank;
    }

    /** The same for pairs of its own rank. */
    public double scale() {
        return scale(r);
    }

    /** Whether a part is learned whole, such as {@code lm_head}. */
    public boolean isSavedWhole(String module) {
        return modulesToSave.stream().anyMatch(name -> TargetModules.isCalled(module, name));
    }

    /**
     * Reads an {@code adapter_config.json}.
     *
     * @throws dev.parley.model.ModelException if it is no such file, or asks for what Parley does not honour
     */
    public static LoraConfig read(Path file) {
        return LoraConfigFile.read(file);
    }

    /** The same as PEFT writes it. */
    ObjectNode json() {
        return LoraConfigFile.json(this);
    }

    /** How the targets are written: a list of names, or a text. */
    Object targetsAsWritten() {
        return switch (targetModules) {
            case AllLinear _ -> TargetModules.ALL_LINEAR;
            case Matching matching -> matching.regex();
            case Named(var names) -> names;
        };
    }
}
