package dev.parley.model;

import dev.parley.weights.GgmlType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a GGUF file's matrices are written in: one type, or a mixture in which those get more bits on which more depends. The names and the
 * rules are those of llama.cpp's {@code llama-quantize}, so that a file is what its name says to others.
 */
public enum GgufMixture {
    /** 32 bits. */
    F32(0, GgmlType.F32),
    /** 16 bits. */
    F16(1, GgmlType.F16),
    /** 16 bits with the range of 32. */
    BF16(32, GgmlType.BF16),
    /** About 8.5 bits a weight. */
    Q8_0(7, GgmlType.Q8_0),
    /** About 6.6 bits. */
    Q6_K(18, GgmlType.Q6_K),
    /** About 5.7 bits: Q5_K, with Q6_K where it matters most. */
    Q5_K_M(17, GgmlType.Q5_K),
    /** About 5.5 bits. */
    Q5_K_S(16, GgmlType.Q5_K),
    /** About 6 bits. */
    Q5_1(9, GgmlType.Q5_1),
    /** About 5.5 bits. */
    Q5_0(8, GgmlType.Q5_0),
    /** About 4.8 bits: Q4_K, with Q6_K where it matters most. */
    Q4_K_M(15, GgmlType.Q4_K),
    /** About 4.6 bits: Q4_K, with some Q5_K. */
    Q4_K_S(14, GgmlType.Q4_K),
    /** About 5 bits. */
    Q4_1(3, GgmlType.Q4_1),
    /** About 4.5 bits. */
    Q4_0(2, GgmlType.Q4_0);

    private static final List<String> NEVER = List.of("_norm.weight", "ffn_gate_inp.weight", "shortconv.conv.weight");

    private final int fileType;
    private final GgmlType most;

    GgufMixture(int fileType, GgmlType most) {
        this.fileType = fileType;
        this.most = most;
    }

    /** The mixture of a type, or all in it. */
    static GgufMixture of(GgmlType type) {
        return Arrays.stream(values()).filter(mixture -> mixture.most == type).findFirst()
                .orElseThrow(() -> new ModelException("Parley reads " + type + " and does not write it."));
    }

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its number in {@code general.file_type}. */
    int fileType() {
        return fileType;
    }

    /** Whether its matrices lie in blocks. */
    public boolean quantized() {
        return most.blockSize() > 1;
    }

    /**
     * What the rules look at beside a tensor's own name.
     *
     * @param architecture as GGUF calls it
     * @param experts of a layer, 0 without
     * @param names of all tensors, by layers
     * @param importance whether it is known which columns count
     */
    record Surroundings(String architecture, int layers, int heads, int keyValueHeads, int experts, List<String> names,
            boolean importance) {

        static Surroundings of(ModelConfig config, String architecture, List<String> names, boolean importance) {
            return new Surroundings(architecture, config.numHiddenLayers(), config.numAttentionHeads(), config.numKeyValueHeads(),
                    config.experts().map(ModelConfig.ExpertsShape::count).orElse(0), names, importance);
        }

        boolean tied() {
            return !names.contains("output.weight");
        }

        /** A model of 70B has eight heads to a value, so that more bits for values cost little. */
        boolean sharesValuesWidely() {
            return layers == 80 && (architecture.equals("qwen2") || architecture.equals("llama") && heads != keyValueHeads);
        }

        List<String> values() {
            return names.stream().filter(name -> name.contains("attn_v.weight") || name.contains("attn_qkv.weight")).toList();
        }
    }

    /**
     * The type of a tensor of two dimensions or more.
     *
     * @param columns numbers in a row
     */
    GgmlType typeOf(String name, int columns, Surroundings all) {
        if (!name.endsWith("weight") || NEVER.stream().anyMatch(name::contains) || name.equals("position_embd.weight")) return GgmlType.F32;
        if (!quantized()) return most;
        return thatFits(wanted(name, columns, all), columns);
    }

    private GgmlType wanted(String name, int columns, Surroundings all) {
        if (name.equals("output.weight") || name.equals("token_embd.weight") && all.tied())
            return most == GgmlType.Q8_0 || columns % most.blockSize() != 0 ? GgmlType.Q8_0 : GgmlType.Q6_K;
        if (all.values().contains(name)) return ofValues(all.values().indexOf(name), all);
        if (name.contains("attn_k.weight")) return all.experts == 8 ? GgmlType.Q8_0 : most;
        if (name.contains("ffn_down")) return ofDown(layer(name), all);
        if (name.contains("attn_output.weight") && all.experts == 8 && most == GgmlType.Q4_K) return GgmlType.Q5_K;
        return most;
    }

    private GgmlType ofValues(int number, Surroundings all) {
        if (all.experts == 8) return GgmlType.Q8_0;
        var type = switch (this) {
            case Q4_K_M, Q5_K_M -> needsMore(number, all.values().size()) ? GgmlType.Q6_K : most;
            case Q4_K_S -> number < 4 ? GgmlType.Q5_K : most;
            default -> most;
        };
        return all.sharesValuesWidely() && type == GgmlType.Q4_K ? GgmlType.Q5_K : type;
    }

    private GgmlType ofDown(int layer, Surroundings all) {
        var first = layer < all.layers / 8;
        return switch (this) {
            case Q4_K_M, Q5_K_M -> needsMore(layer, all.layers) ? GgmlType.Q6_K : most;
            case Q4_K_S -> first ? GgmlType.Q5_K : most;
            case Q4_0 -> first && all.importance ? GgmlType.Q4_1 : most;
            case Q5_0 -> first && all.importance ? GgmlType.Q5_1 : most;
            default -> most;
        };
    }

    /** The first eighth of the layers, the last, and every third between. */
    private static boolean needsMore(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    private static int layer(String name) {
        return Integer.parseInt(name.split("\\.")[1]);
    }

    /** Rows that are not whole blocks of 256 have blocks of 32 with no fewer bits; those that are not of 32 either, plain numbers. */
    private static GgmlType thatFits(GgmlType type, int columns) {
        if (columns % type.blockSize() == 0) return type;
        var small = switch (type) {
            case Q4_K -> GgmlType.Q5_0;
            case Q5_K -> GgmlType.Q5_1;
            case Q6_K -> GgmlType.Q8_0;
            default -> type;
        };
        return columns % small.blockSize() == 0 ? small : GgmlType.F16;
    }
}
