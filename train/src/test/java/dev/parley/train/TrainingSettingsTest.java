package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
                save_steps: 500
                logging_steps: 10
                group_by_length: false
                seed: 42
                """);
        var read = TrainingArguments.builder().read(theirs).build();
        for (var setting : TrainingSettings.all()) assertEquals(arguments.get(setting), read.get(setting), setting.name());
        assertEquals(19, theirs.size());
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
        for (var table : List.of(settings(), kwargs())) {
            assertTrue(document.contains("\n" + table + "\n"),
                    () -> "docs/recipes.md differs from the settings; its table is to be:\n\n" + table + "\n");
        }
    }
}
