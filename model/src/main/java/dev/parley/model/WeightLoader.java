package dev.parley.model;

import dev.parley.model.Parameters.Parameter;
import dev.parley.model.weights.TensorInfo;
import dev.parley.model.weights.WeightSource;
import dev.parley.tensor.DType;
import dev.parley.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Fills a model's parameters from a weight file, strictly: what is missing, unknown or of the wrong shape is listed, and
 * nothing is left half loaded. Files of GPT-2 come with and without the prefix {@code transformer.}, and some carry
 * buffers that are no parameters (the causal mask), or the tied head a second time.
 */
record WeightLoader(WeightSource source, Parameters parameters, ModelConfig config) {

    private static final String HEAD = "lm_head.weight";
    private static final int LISTED = 5;

    void load(Function<Parameter, DType> storageType, boolean toTrain) {
        var used = new HashSet<String>();
        var faults = new ArrayList<String>();
        for (var parameter : parameters.all()) {
            var name = nameInFile(parameter);
            if (name.isEmpty()) {
                faults.add("tensor \"" + parameter.name() + "\" is missing");
                continue;
            }
            used.add(name);
            checkShape(source.info(name), parameter, faults);
        }
        for (var name : source.names()) {
            if (!used.contains(name) && !isBuffer(name) && !(config.tieWordEmbeddings() && name.equals(HEAD))) faults.add("tensor \"" + name + "\" is not part of the model");
        }
        if (!faults.isEmpty()) throw new ModelException(source.file() + ": " + listed(faults) + ".");
        for (var parameter : parameters.all()) {
            try (var scope = Scope.open()) {
                var tensor = source.read(nameInFile(parameter)).to(storageType.apply(parameter)).contiguous();
                parameter.set(toTrain ? tensor : parameter.laidOutToRun(tensor), t -> {});
            }
        }
    }

    private String nameInFile(Parameter parameter) {
        if (source.names().contains(parameter.name())) return parameter.name();
        var prefix = config.family().names().root() + ".";
        if (!parameter.name().startsWith(prefix)) return "";
        var bare = parameter.name().substring(prefix.length());
        return source.names().contains(bare) ? bare : "";
    }

    private static void checkShape(TensorInfo info, Parameter parameter, List<String> faults) {
        if (!info.dtype().isFloatingPoint()) {
            faults.add("tensor \"" + info.name() + "\" holds " + info.dtype() + " where weights are floating-point numbers");
        } else if (!Arrays.equals(info.shape(), parameter.shape())) {
            faults.add("tensor \"" + info.name() + "\" has shape " + text(info.shape()) + "; config.json needs " + text(parameter.shape()));
        }
    }

    private static boolean isBuffer(String name) {
        return name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias") || name.endsWith(".rotary_emb.inv_freq");
    }

    private static String listed(List<String> faults) {
        var shown = faults.stream().limit(LISTED).collect(Collectors.joining("; "));
        return faults.size() > LISTED ? shown + "; and " + (faults.size() - LISTED) + " more faults" : shown;
    }

    private static String text(long[] shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
