package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrainingSettingsTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path DOCUMENT = Path.of("../docs/recipes.md");

    private static String camelCase(String name) {
        var words = name.split("_");
        return words[0]
                + Arrays.stream(words).skip(1).map(w -> Character.toUpperCase(w.charAt(0)) + w.substring(1)).collect(Collectors.joining());
    }

    @Test
    void everySettingHasABuilderMethodOfItsName() {
        var methods = Arrays.stream(TrainingArguments.Builder.class.getMethods()).filter(m -> m.getParameterCount() == 1)
                .map(m -> m.getName()).toList();
        for (var setting : TrainingSettings.all()) assertTrue(methods.contains(camelCase(setting.name())), setting.name());
    }

    /** As transformers 4.57's TrainingArguments have them; what it does not have is ours. */
    @Test
    void defaultsAreThoseOfTransformers() throws IOException {
        var arguments = TrainingArguments.builder().build();
        var theirs = YAML.readTree("""
                output_dir: trainer_output
                overwrite_output_dir: false
                num_train_epochs: 3.0
                max_steps: -1
                per_device_train_batch_size: 8
                per_device_eval_batch_size: 8
                gradient_accumulation_steps: 1
                learning_rate: 5e-5
                lr_scheduler_type: linear
                warmup_steps: 0
                weight_decay: 0.0
                adam_beta1: 0.9
                adam_beta2: 0.999
                adam_epsilon: 1e-8
                max_grad_norm: 1.0
                warmup_ratio: 0.0
                eval_strategy: no
                eval_delay: 0
                eval_on_start: false
                save_strategy: steps
                save_steps: 500
                save_only_model: false
                load_best_model_at_end: false
                logging_strategy: steps
                logging_first_step: false
                dataloader_drop_last: false
                logging_steps: 10
                group_by_length: false
                seed: 42
                """);
        var read = TrainingArguments.builder().read(theirs).build();
        for (var setting : TrainingSettings.all()) assertEquals(arguments.get(setting), read.get(setting), setting.name());
        assertEquals(29, theirs.size());
    }

    /** As users of transformers write it; YAML 1.1 reads it as false. */
    @Test
    void noNeedsNoQuotes() throws IOException {
        var read = TrainingArguments.builder().read(YAML.readTree("eval_strategy: no\nsave_strategy: no\nlogging_strategy: no\n")).build();
        for (var strategy : List.of(TrainingSettings.EVAL_STRATEGY, TrainingSettings.SAVE_STRATEGY, TrainingSettings.LOGGING_STRATEGY))
            assertEquals(IntervalStrategy.NO, read.get(strategy), strategy.name());
        var other = YAML.readTree("optim: no");
        var fault = assertThrows(IllegalArgumentException.class, () -> TrainingArguments.builder().read(other)).getMessage();
        assertTrue(fault.contains("is none of [adamw, muon]"), fault);
    }

    @Test
    void whatIsWrittenAsARecipeIsReadAgain() throws IOException {
        var arguments = TrainingArguments.builder().outputDir(Path.of("a", "b")).maxSteps(7).learningRate(3e-4).optim(Optim.MUON)
                .shuffle(false)
                .nsCoefficients(NewtonSchulz.POLAR_EXPRESS).lrSchedulerType(LrSchedule.Type.INVERSE_SQRT).bf16(false).build();
        var texts = new LinkedHashMap<String, String>();
        for (var setting : TrainingSettings.all()) {
            if (setting != TrainingSettings.LR_SCHEDULER_KWARGS && setting != TrainingSettings.RESUME_FROM_CHECKPOINT)
                texts.put(setting.name(), arguments.text(setting));
        }
        var read = TrainingArguments.builder().read(YAML.valueToTree(texts)).build();
        for (var setting : TrainingSettings.all()) assertEquals(arguments.get(setting), read.get(setting), setting.name());
    }

    /** Every field of transformers' TrainingArguments, of 4.57.6 and 5.18.0. */
    private static final List<String> THEIRS = List.of("""
            output_dir overwrite_output_dir do_train do_eval do_predict eval_strategy prediction_loss_only
            per_device_train_batch_size per_device_eval_batch_size per_gpu_train_batch_size per_gpu_eval_batch_size
            gradient_accumulation_steps eval_accumulation_steps eval_delay torch_empty_cache_steps learning_rate
            weight_decay adam_beta1 adam_beta2 adam_epsilon max_grad_norm num_train_epochs max_steps lr_scheduler_type
            lr_scheduler_kwargs warmup_ratio warmup_steps log_level log_level_replica log_on_each_node logging_dir
            logging_strategy logging_first_step logging_steps logging_nan_inf_filter save_strategy save_steps
            save_total_limit save_safetensors save_on_each_node save_only_model restore_callback_states_from_checkpoint
            no_cuda use_cpu use_mps_device seed data_seed jit_mode_eval bf16 fp16 fp16_opt_level half_precision_backend
            bf16_full_eval fp16_full_eval tf32 local_rank ddp_backend tpu_num_cores tpu_metrics_debug debug
            dataloader_drop_last eval_steps dataloader_num_workers dataloader_prefetch_factor past_index run_name
            disable_tqdm remove_unused_columns label_names load_best_model_at_end metric_for_best_model greater_is_better
            ignore_data_skip fsdp fsdp_min_num_params fsdp_config fsdp_transformer_layer_cls_to_wrap accelerator_config
            parallelism_config deepspeed label_smoothing_factor optim optim_args adafactor group_by_length
            length_column_name report_to project trackio_space_id ddp_find_unused_parameters ddp_bucket_cap_mb
            ddp_broadcast_buffers dataloader_pin_memory dataloader_persistent_workers skip_memory_metrics
            use_legacy_prediction_loop push_to_hub resume_from_checkpoint hub_model_id hub_strategy hub_token
            hub_private_repo hub_always_push hub_revision gradient_checkpointing gradient_checkpointing_kwargs
            include_inputs_for_metrics include_for_metrics eval_do_concat_batches fp16_backend push_to_hub_model_id
            push_to_hub_organization push_to_hub_token _n_gpu mp_parameters auto_find_batch_size full_determinism
            torchdynamo ray_scope ddp_timeout torch_compile torch_compile_backend torch_compile_mode
            include_tokens_per_second include_num_input_tokens_seen neftune_noise_alpha optim_target_modules
            batch_eval_metrics eval_on_start use_liger_kernel liger_kernel_config eval_use_gather_object
            average_tokens_across_devices use_cache trackio_bucket_id trackio_static_space_id enable_jit_checkpoint
            dataloader_multiprocessing_context dataloader_in_order train_sampling_strategy ddp_static_graph
            """.split("\\s+"));

    @Test
    void everyNameOfTransformersIsHonouredOrSaidNotToBe() {
        var ours = TrainingSettings.all().stream().map(TrainingSetting::name).collect(Collectors.toSet());
        for (var name : THEIRS) assertTrue(ours.contains(name) ^ TransformersNames.instead(name).isPresent(), name);
        var listed = TransformersNames.byReason().values().stream().flatMap(List::stream).toList();
        assertTrue(THEIRS.containsAll(listed), "all that is said not to be honoured is theirs");
        assertEquals(listed.size(), Set.copyOf(listed).size());
    }

    private static String notHonoured() {
        var rows = TransformersNames.byReason().entrySet().stream()
                .map(e -> row(e.getValue().stream().map(n -> "`" + n + "`").collect(Collectors.joining(", ")), e.getKey()));
        return Stream.concat(Stream.of(row("transformers' name", "here"), "|---|---|"), rows).collect(Collectors.joining("\n"));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String settings() {
        var rows = TrainingSettings.all().stream().map(s -> row("`" + s.name() + "`", s.values(), s.defaultText(), s.sentence()));
        return Stream.concat(Stream.of(row("key", "values", "default", "what it does"), "|---|---|---|---|"), rows)
                .collect(Collectors.joining("\n"));
    }

    private static String kwargs() {
        var rows = Arrays.stream(LrSchedule.Type.values()).flatMap(type -> SchedulerKwargs.of(type).stream()
                .map(s -> row("`" + type.label() + "`", "`" + s.name() + "`", s.values(), s.defaultText(), s.sentence())));
        return Stream.concat(Stream.of(row("schedule", "key", "values", "default", "what it does"), "|---|---|---|---|---|"), rows)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void theDocumentHasTheTablesOfTheSettings() throws IOException {
        var document = Files.readString(DOCUMENT);
        for (var table : List.of(settings(), kwargs(), notHonoured())) {
            assertTrue(document.contains("\n" + table + "\n"),
                    () -> "docs/recipes.md differs from the settings; its table is to be:\n\n" + table + "\n");
        }
    }
}
