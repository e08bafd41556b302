package dev.parley.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of transformers' {@code TrainingArguments}, 4.57 and 5, that are no {@link TrainingSettings}: why not, and what there is
 * instead. A recipe that asks for one is told so, and docs/recipes.md lists them.
 */
public final class TransformersNames {

    private static final Map<String, String> NOT_HONOURED = new LinkedHashMap<>();

    static {
        put("the recipe says by its files what is done: train_files, eval_files", "do_train", "do_eval", "do_predict");
        put("an evaluation gives metrics alone and keeps no predictions", "prediction_loss_only", "eval_accumulation_steps",
                "include_for_metrics",
                "include_inputs_for_metrics", "eval_do_concat_batches", "batch_eval_metrics", "eval_use_gather_object",
                "past_index", "label_names", "use_legacy_prediction_loop");
        put("use per_device_train_batch_size", "per_gpu_train_batch_size");
        put("use per_device_eval_batch_size", "per_gpu_eval_batch_size");
        put("use group_by_length, or shuffle: false for the rows in their order", "train_sampling_strategy");
        put("lengths are counted from the rows", "length_column_name");
        put("use optim: adamw or muon", "adafactor");
        put("an optimiser's settings have names of their own: adam_beta1, muon_momentum and others", "optim_args", "optim_target_modules");
        put("a loss that is not finite ends the run and names step, rows and tensor", "logging_nan_inf_filter");
        put("checkpoints are always safetensors", "save_safetensors");
        put("a resumed run always has the callbacks' state, and finds its place in the data at once",
                "restore_callback_states_from_checkpoint", "ignore_data_skip");
        put("Ctrl-C and SIGTERM always save first", "enable_jit_checkpoint");
        put("a run is reproducible bit for bit as it is", "full_determinism");
        put("use bf16: float16 is slower than float32 on a processor", "fp16", "fp16_opt_level", "fp16_backend", "fp16_full_eval",
                "half_precision_backend");
        put("evaluation computes as training does, by bf16", "bf16_full_eval");
        put("libtorch runs on the processor", "no_cuda", "use_cpu", "use_mps_device", "tf32", "torch_empty_cache_steps", "_n_gpu",
                "tpu_num_cores", "tpu_metrics_debug", "mp_parameters");
        put("one process trains", "local_rank", "ddp_backend", "ddp_find_unused_parameters", "ddp_bucket_cap_mb", "ddp_broadcast_buffers",
                "ddp_static_graph", "ddp_timeout", "fsdp", "fsdp_config", "fsdp_min_num_params", "fsdp_transformer_layer_cls_to_wrap",
                "deepspeed", "accelerator_config", "parallelism_config", "average_tokens_across_devices", "log_on_each_node",
                "log_level_replica", "save_on_each_node", "ray_scope");
        put("there is no compiler in between: the kernels are fused by hand", "torch_compile", "torch_compile_backend",
                "torch_compile_mode", "torchdynamo", "jit_mode_eval", "use_liger_kernel", "liger_kernel_config");
        put("the next step's rows are always read ahead by a thread", "dataloader_num_workers", "dataloader_prefetch_factor",
                "dataloader_pin_memory", "dataloader_persistent_workers", "dataloader_multiprocessing_context", "dataloader_in_order");
        put("choose per_device_train_batch_size; train --plan says what fits", "auto_find_batch_size");
        put("data files have no columns that need to be removed", "remove_unused_columns");
        put("use report_to; the folder is output_dir", "logging_dir");
        put("the run is named by its output_dir", "run_name", "project", "trackio_space_id", "trackio_bucket_id",
                "trackio_static_space_id");
        put("the command's own options say how much it prints", "log_level", "disable_tqdm", "debug", "skip_memory_metrics");
        put("tokens a second are always reported", "include_tokens_per_second", "include_num_input_tokens_seen");
        put("nothing is uploaded: push the folder by huggingface-cli", "push_to_hub", "push_to_hub_model_id", "push_to_hub_organization",
                "push_to_hub_token", "hub_model_id", "hub_strategy", "hub_token", "hub_private_repo", "hub_always_push", "hub_revision");
        put("training keeps no key-value cache", "use_cache");
        put("noise on embeddings is not there; use dropout or weight_decay", "neftune_noise_alpha");
        put("smoothed labels are not there; use dropout or weight_decay", "label_smoothing_factor");
        put("gradient_checkpointing has one way: each layer by itself", "gradient_checkpointing_kwargs");
    }

    private TransformersNames() {}

    private static void put(String instead, String... names) {
        for (var name : names) NOT_HONOURED.put(name, instead);
    }

    /** Why a name is not honoured, and what there is instead; nothing if it is none of theirs, or a setting of ours. */
    public static Optional<String> instead(String name) {
        return Optional.ofNullable(NOT_HONOURED.get(name));
    }

    /** The names that are not honoured, by what is said of them, as docs list them. */
    static Map<String, List<String>> byReason() {
        var names = new LinkedHashMap<String, List<String>>();
        NOT_HONOURED.forEach((name, reason) -> names.computeIfAbsent(reason, r -> new ArrayList<>()).add(name));
        return Collections.unmodifiableMap(names);
    }
}
