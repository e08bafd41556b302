package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint;
import dev.parley.model.ModelException;
import dev.parley.model.WeightSpec;
import dev.parley.model.WeightSpec.Init;
import dev.parley.model.WeightSpec.RowOrder;
import dev.parley.model.WeightSpec.Use;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.model.adapter.TargetModules;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A LoRA adapter on a network that learns: beside each matrix that it targets a {@link LowRankPair} pair, and some parameters that are learned
 * whole. All others are frozen.
 */
final class TrainableAdapter {

    private static final String WEIGHT = ".weight";

    private final LoraConfig config;
    private final Map<String, LowRankPair> pairs = new LinkedHashMap<>(); // by the name of the weight
    private final List<Parameter> whole = new ArrayList<>();
    private boolean isOn = true;

    private TrainableAdapter(LoraConfig config) {
        this.config = config;
    }

    /** A new adapter, which changes nothing yet: A is drawn from the generator as PEFT draws it, B is zero. */
    static TrainableAdapter attach(Parameters parameters, Blueprint blueprint, LoraConfig config) {
        var targets = blueprint.weights().stream().filter(TrainableAdapter::canBeTarget)
                .filter(weight -> config.targetModules().matches(module(weight))).toList();
        if (targets.isEmpty()) {
            throw new ModelException("target_modules names no linear part of the model; it has " + names(blueprint) + ".");
        }
        var inOut = targets.stream().anyMatch(WeightSpec::isInOut);
        var adapter = new TrainableAdapter(config.withFanInFanOut(inOut));
        adapter.freeze(parameters);
        for (var weight : targets) {
            var pair = adapter.place(parameters.get(weight), config.r());
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                var bound = 1 / Math.sqrt(weight.inFeatures()); // Kaiming's uniform distribution with a = √5, as PEFT calls it
                pair.a().set(Tensor.empty(DType.FLOAT32, pair.a().shape()).uniformInPlace(-bound, bound));
                pair.b().set(Tensor.zeros(DType.FLOAT32, pair.b().shape()));
            }
        }
        for (var name : config.modulesToSave()) adapter.learnWhole(parameters, name);
        return adapter;
    }

    /** The adapter that files hold. */
    static TrainableAdapter attach(Parameters parameters, Blueprint blueprint, AdapterFiles files) {
        files.check(blueprint);
        var adapter = new TrainableAdapter(files.config());
        adapter.freeze(parameters);
        for (var module : files.modules()) {
            var weight = AdapterFiles.weight(blueprint, module + WEIGHT).orElseThrow();
            var numbers = files.lowRank(module);
            var pair = adapter.place(parameters.get(weight), numbers.rank());
            try (var scope = Scope.open()) {
                pair.a().set(Tensor.ofFloats(numbers.a(), pair.a().shape()));
                pair.b().set(Tensor.ofFloats(numbers.b(), pair.b().shape()));
            }
        }
        for (var name : files.wholeWeights()) {
            var parameter = parameters.get(AdapterFiles.weight(blueprint, name).orElseThrow());
            adapter.learnWhole(parameter);
            try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
                parameter.value().copyInPlace(Tensor.ofFloats(files.wholeNumbers(name), parameter.shape()));
            }
        }
        return adapter;
    }

    private static boolean canBeTarget(WeightSpec weight) {
        return weight.isLayerMatrix() && weight.part().isEmpty() && weight.name().endsWith(WEIGHT);
    }

    private static String module(WeightSpec weight) {
        return weight.name().substring(0, weight.name().length() - WEIGHT.length());
    }

    private static String names(Blueprint blueprint) {
        return blueprint.weights().stream().filter(TrainableAdapter::canBeTarget)
                .map(w -> module(w).substring(module(w).lastIndexOf('.') + 1))
                .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining(", "));
    }

    private void freeze(Parameters parameters) {
        for (var parameter : parameters.all()) parameter.trainable(false);
    }

    private LowRankPair place(Parameter beside, int rank) {
        var weight = beside.spec();
        var pair = new LowRankPair(parameter(weight, ".lora_A.weight", rank, weight.inFeatures()),
                parameter(weight, ".lora_B.weight", weight.outFeatures(), rank), config.scale(rank), config.loraDropout());
        beside.lowRank(Optional.of(pair));
        pairs.put(weight.name(), pair);
        return pair;
    }

    private static Parameter parameter(WeightSpec beside, String name, long rows, long columns) {
        return new Parameter(
                new WeightSpec(module(beside) + name, "", List.of(rows, columns), Use.MATRIX, new Init(0, 0), -1, RowOrder.SAME,
                        0, -1, Optional.empty()));
    }

    private void learnWhole(Parameters parameters, String name) {
        var named = parameters.all().stream().filter(p -> TargetModules.isCalled(p.name().substring(0, p.name().lastIndexOf('.')), name))
                .toList();
        if (named.isEmpty())
            throw new ModelException("modules_to_save names " + name + ", which the model has not; a head that is tied to the embeddings"
                    + " is named as these.");
        for (var parameter : named) {
            if (parameter.lowRank().isPresent())
                throw new ModelException("modules_to_save and target_modules both name " + parameter.name() + ".");
            learnWhole(parameter);
        }
    }

    private void learnWhole(Parameter parameter) {
        if (whole.contains(parameter)) return;
        parameter.learnCopy();
        whole.add(parameter);
    }

    /** What it is, as it is written. */
    LoraConfig config() {
        return config;
    }

    /** Switches to the network below, or back; below, nothing may be learned. */
    void switchTo(boolean on, Parameters parameters) {
        if (on == isOn) return;
        isOn = on;
        pairs.forEach((weight, pair) -> parameters.get(weight).lowRank(on ? Optional.of(pair) : Optional.empty()));
        for (var parameter : whole) parameter.exchangeWithBelow();
    }

    /** What is learned, by PEFT's names. */
    Map<String, Parameter> learned() {
        var learned = new LinkedHashMap<String, Parameter>();
        pairs.forEach((weight, pair) -> {
            var module = weight.substring(0, weight.length() - WEIGHT.length());
            learned.put(AdapterFiles.nameOfA(module), pair.a());
            learned.put(AdapterFiles.nameOfB(module), pair.b());
        });
        for (var parameter : whole) learned.put(AdapterFiles.nameOfWhole(parameter.name()), parameter);
        return learned;
    }

    /** Writes it in PEFT's layout. */
    void save(Path folder) throws IOException {
        var tensors = new ArrayList<TensorData>();
        learned().forEach((name, parameter) -> tensors.add(TensorFiles.data(name, parameter.value())));
        AdapterFiles.write(folder, config, tensors);
    }
}
