package dev.parley.train;

import dev.parley.data.Dataset;
import dev.parley.model.ModelConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What decides the weights that a run comes to, by name: its rows, its network, its arguments. A run that shares all of it with
 * a checkpoint goes on from there exactly. What only says where and when to save, to evaluate and to log is no part of it.
 */
final class RunIdentity {

    private RunIdentity() {}

    /** @param ownSchedule whether the learning rate comes from the caller, who alone can say whether it is the same */
    static Map<String, String> of(TrainingArguments a, Dataset rows, ModelConfig model, long totalSteps, boolean ownSchedule,
            Optional<TimeLimit> limit) {
        var identity = new LinkedHashMap<String, String>();
        identity.put("training rows", rows.size() + " with the fingerprint " + Long.toHexString(rows.fingerprint()));
        identity.put("model", model.toString());
        identity.put("per_device_train_batch_size", "" + a.perDeviceTrainBatchSize());
        identity.put("gradient_accumulation_steps", "" + a.gradientAccumulationSteps());
        identity.put("group_by_length", "" + a.groupByLength());
        identity.put("shuffle", "" + a.shuffle());
        identity.put("seed", "" + a.seed());
        identity.put("bf16", "" + a.bf16());
        identity.put("learning_rate", "" + a.learningRate());
        identity.put("lr_scheduler_type", ownSchedule ? "the caller's" : a.lrSchedulerType().label());
        identity.put("lr_scheduler_kwargs", a.lrSchedulerKwargs().toString());
        identity.put("warmup_steps", "" + a.warmupSteps());
        identity.put("steps (max_steps or num_train_epochs)", a.lrSchedulerType().knowsItsEnd() && !ownSchedule ? "" + totalSteps : "any");
        limit.ifPresent(time -> identity.put("seconds of the run", "" + time.seconds()));
        identity.put("weight_decay", "" + a.weightDecay());
        identity.put("max_grad_norm", "" + a.maxGradNorm());
        identity.put("adam_beta1", "" + a.adamBeta1());
        identity.put("adam_beta2", "" + a.adamBeta2());
        identity.put("adam_epsilon", "" + a.adamEpsilon());
        identity.put("optim", a.optim().label());
        if (a.optim() == Optim.MUON) {
            identity.put("muon_learning_rate", "" + a.muonLearningRate());
            identity.put("muon_momentum", "" + a.muonMomentum());
            identity.put("ns_steps", "" + a.nsSteps());
            identity.put("ns_coefficients", a.nsCoefficients().label());
            identity.put("muon_block_size", "" + a.muonBlockSize());
        }
        return identity;
    }

    /** What differs, each in words: {@code learning_rate is 0.1, was 0.01}. */
    static List<String> differences(Map<String, String> now, Map<String, String> then) {
        var names = new ArrayList<>(now.keySet());
        then.keySet().stream().filter(name -> !now.containsKey(name)).forEach(names::add);
        return names.stream().filter(name -> !now.getOrDefault(name, "").equals(then.getOrDefault(name, "")))
                .map(name -> name
                        + " is " + now.getOrDefault(name, "not given") + ", was " + then.getOrDefault(name, "not given")).toList();
    }
}
