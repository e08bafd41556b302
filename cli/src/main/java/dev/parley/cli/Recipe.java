package dev.parley.cli;

import dev.parley.torch.TrainableLM;
import dev.parley.kernels.machine.CpuFeatures;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.data.Chat;
import dev.parley.data.ChatFiles;
import dev.parley.data.ChatRows;
import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.data.Row;
import dev.parley.data.TextFiles;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Conversation;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.LrSchedule;
import dev.parley.train.NewtonSchulz;
import dev.parley.train.Optim;
import dev.parley.train.TrainingArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** A training run as YAML describes it: the stage, the model, the data, and transformers' training arguments. */
final class Recipe {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final long LARGEST = 1 << 20;
    private static final Set<String> OWN = Set.of("stage", "model", "tokenizer", "train_files", "eval_files", "context_length");
    private static final Set<String> ARGUMENTS = Set.of("output_dir", "overwrite_output_dir", "num_train_epochs", "max_steps",
            "per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps", "learning_rate", "lr_scheduler_type",
            "lr_scheduler_kwargs", "warmup_steps", "weight_decay", "adam_beta1", "adam_beta2", "adam_epsilon", "optim", "muon_learning_rate", "muon_momentum",
            "ns_steps", "ns_coefficients", "muon_block_size", "max_grad_norm", "eval_steps", "save_steps", "save_total_limit", "logging_steps", "bf16",
            "group_by_length", "seed", "resume_from_checkpoint");

    private final Output output;
    private final String where;
    private final ObjectNode yaml;

    private Recipe(String where, ObjectNode yaml, Output output) {
        this.output = output;
        this.where = where;
        this.yaml = yaml;
    }

    /** All that a run needs. */
    record Job(String stage, TrainableLM model, Tokenizer tokenizer, TrainingArguments arguments, Dataset trainDataset,
            Optional<Dataset> evalDataset, GenerationConfig generationConfig) {}

    static Recipe read(Path file, List<String> settings, Output output) throws IOException {
        if (Files.size(file) > LARGEST) throw new IllegalArgumentException(file + " is larger than a recipe can be (1 MiB).");
        JsonNode read;
        try {
            read = YAML.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": this is not YAML (" + e.getOriginalMessage() + ").");
        }
        if (!(read instanceof ObjectNode yaml)) throw new IllegalArgumentException(file + " holds no recipe: keys with values.");
        for (var setting : settings) {
            var equals = setting.indexOf('=');
            if (equals < 1) throw new WrongUsage("--set " + setting + " is not KEY=VALUE.");
            yaml.set(setting.substring(0, equals), YAML.readTree(setting.substring(equals + 1)));
        }
        var unknown = new TreeSet<String>();
        for (var entry : yaml.properties()) {
            if (!OWN.contains(entry.getKey()) && !ARGUMENTS.contains(entry.getKey())) unknown.add(entry.getKey());
        }
        if (!unknown.isEmpty()) throw new IllegalArgumentException(file + ": there is no key " + String.join(", ", unknown) + "; docs/recipes.md lists them. What bends a schedule stands in lr_scheduler_kwargs.");
        return new Recipe(file.toString(), yaml, output);
    }

    Job prepare() throws IOException {
        var stage = text("stage", "pretrain");
        if (!List.of("pretrain", "sft").contains(stage)) throw new IllegalArgumentException(where + ": stage " + stage + " is neither pretrain nor sft.");
        var arguments = arguments();
        var tokenizer = tokenizer(stage);
        var model = model(tokenizer, arguments);
        var length = Math.min(model.config().maxPositionEmbeddings(), integer("context_length", model.config().maxPositionEmbeddings()));
        var train = rows(stage, files("train_files"), tokenizer, length);
        var eval = yaml.has("eval_files") ? Optional.of(Dataset.of(rows(stage, files("eval_files"), tokenizer, length))) : Optional.<Dataset>empty();
        var ends = new ArrayList<Integer>();
        tokenizer.eosTokenId().ifPresent(ends::add);
        return new Job(stage, model, tokenizer, arguments, Dataset.of(train), eval, GenerationConfig.DEFAULT.withStops(ends, List.of()));
    }

    // ---- model and tokenizer ----

    private Tokenizer tokenizer(String stage) {
        var named = yaml.path("tokenizer").asText(yaml.path("model").isTextual() ? yaml.path("model").asText() : "");
        if (named.isEmpty()) throw new IllegalArgumentException(where + ": a new model needs a tokenizer: a folder, a file, gpt2, or a model of the hub.");
        var tokenizer = Downloads.tokenizer(named, output);
        if (stage.equals("pretrain") || tokenizer.chatTemplate().isPresent()) return tokenizer;
        if (tokenizer.idOf(ChatTemplate.START).isEmpty() || tokenizer.idOf(ChatTemplate.END).isEmpty()) {
            throw new IllegalArgumentException(where + ": the tokenizer " + named + " has neither a chat template nor the tokens " + ChatTemplate.START
                    + " and " + ChatTemplate.END + "; train one with these special tokens.");
        }
        return tokenizer.withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
    }

    private TrainableLM model(Tokenizer tokenizer, TrainingArguments arguments) {
        var model = yaml.path("model");
        if (model.isTextual()) return TrainableLM.fromPretrained(Downloads.model(model.asText(), output), Engine.trainingType());
        if (!model.isObject()) throw new IllegalArgumentException(where + ": model is neither a folder, nor a model of the hub, nor the shape of a new one.");
        var end = tokenizer.eosTokenId().orElse(0);
        var config = new ModelShape(where.toString(), model, tokenizer.vocabSize(), integer("context_length", 256)).config()
                .withSpecialTokens(tokenizer.bosTokenId().orElse(end), end);
        return TrainableLM.create(config, arguments.seed());
    }

    // ---- data ----

    private List<Path> files(String key) {
        var files = new ArrayList<Path>();
        var node = yaml.path(key);
        if (node.isTextual()) files.add(Path.of(node.asText()));
        for (var file : node) files.add(Path.of(file.asText()));
        if (files.isEmpty()) throw new IllegalArgumentException(where + ": " + key + " names no file.");
        return files;
    }

    private List<Row> rows(String stage, List<Path> files, Tokenizer tokenizer, int length) throws IOException {
        if (stage.equals("sft")) {
            var template = tokenizer.chatTemplate().orElseThrow();
            var all = ChatFiles.chats(files);
            var rows = all.stream().flatMap(chat -> ChatRows.row(tokenizer, template, conversation(template, chat), length).stream()).toList();
            if (rows.size() < all.size()) {
                output.note((all.size() - rows.size()) + " of " + all.size() + " conversations are left out: longer than " + length + " tokens, or without an answer.");
            }
            if (rows.isEmpty()) throw new IllegalArgumentException(files + ": no conversation fits into " + length + " tokens.");
            return Packing.pack(rows, length);
        }
        var documents = TextFiles.documents(files);
        var end = tokenizer.eosTokenId().orElse(0);
        var begin = tokenizer.bosTokenId().orElse(end);
        return Packing.pack(tokenizer.encodeAll(documents, Engine.threads()).stream().map(ids -> between(begin, ids, end)).toList(), length);
    }

    /** As the server gives one to the model, tools and calls above all: what is trained on is what will be asked. */
    static Conversation conversation(ChatTemplate template, Chat chat) {
        var tools = chat.tools().stream().map(definition -> new Tool(definition.path("function").path("name").asText(), definition)).toList();
        return ToolTemplate.of(template).conversation(chat.messages(), tools, chat.variables()).withGenerationPrompt(false);
    }

    /** A document between the token that begins texts, or for want of one the end token, and the end token: its first token and its end are learned. */
    static Row between(int begin, int[] ids, int end) {
        var row = new int[ids.length + 2];
        row[0] = begin;
        System.arraycopy(ids, 0, row, 1, ids.length);
        row[row.length - 1] = end;
        return Row.of(row);
    }

    // ---- arguments ----

    private TrainingArguments arguments() {
        var out = Path.of(text("output_dir", "trainer_output"));
        var learningRate = number("learning_rate", 5e-5);
        var schedule = named("lr_scheduler_type", LrSchedule.Type.values(), LrSchedule.Type::label);
        var builder = TrainingArguments.builder().outputDir(out).overwriteOutputDir(flag("overwrite_output_dir", false))
                .numTrainEpochs(number("num_train_epochs", 3)).maxSteps((long) number("max_steps", -1))
                .perDeviceTrainBatchSize(integer("per_device_train_batch_size", 8)).perDeviceEvalBatchSize(integer("per_device_eval_batch_size", 8))
                .gradientAccumulationSteps(integer("gradient_accumulation_steps", 1)).learningRate(learningRate)
                .lrSchedulerType(schedule)
                .lrSchedulerKwargs(SchedulerKwargs.read(where, schedule, yaml.path("lr_scheduler_kwargs"), learningRate, node -> number("lr_scheduler_kwargs", node)))
                .warmupSteps((long) number("warmup_steps", 0)).weightDecay(number("weight_decay", 0)).adamBeta1(number("adam_beta1", 0.9))
                .adamBeta2(number("adam_beta2", 0.999)).adamEpsilon(number("adam_epsilon", 1e-8)).optim(named("optim", Optim.values(), Optim::label))
                .muonLearningRate(number("muon_learning_rate", 0.02)).muonMomentum(number("muon_momentum", 0.95)).nsSteps(integer("ns_steps", 5))
                .nsCoefficients(named("ns_coefficients", NewtonSchulz.values(), NewtonSchulz::label))
                .muonBlockSize(integer("muon_block_size", 0)).maxGradNorm(number("max_grad_norm", 1))
                .evalSteps((long) number("eval_steps", 0)).saveSteps((long) number("save_steps", 500)).saveTotalLimit(integer("save_total_limit", 0))
                .loggingSteps((long) number("logging_steps", 10)).groupByLength(flag("group_by_length", false)).seed((long) number("seed", 42));
        if (yaml.has("bf16")) builder.bf16(bf16());
        var resume = yaml.path("resume_from_checkpoint");
        if (resume.isTextual()) builder.resumeFromCheckpoint(Path.of(resume.asText()));
        if (resume.asBoolean(false)) builder.resumeFromCheckpoint(out);
        return builder.build();
    }

    /** As asked for; on a processor without instructions for bfloat16, where it is many times slower than float32, only if insisted. */
    private boolean bf16() {
        if (text("bf16", "").equals("always")) return true;
        var asked = flag("bf16", false);
        if (!asked || CpuFeatures.hasFastBfloat16()) return asked;
        output.note("bf16: this processor has no instructions for bfloat16, which would be many times slower: float32 is taken (bf16: always insists).");
        return false;
    }

    /** One of several by its name; the first where none is named. */
    private <T> T named(String key, T[] all, Function<T, String> label) {
        var name = text(key, label.apply(all[0]));
        return Arrays.stream(all).filter(t -> label.apply(t).equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                where + ": " + key + " " + name + " is none of " + Arrays.stream(all).map(label).toList() + "."));
    }

    private String text(String key, String byDefault) {
        return yaml.path(key).asText(byDefault);
    }

    private double number(String key, double byDefault) {
        var node = yaml.path(key);
        return node.isMissingNode() || node.isNull() ? byDefault : number(key, node);
    }

    private double number(String key, JsonNode node) {
        if (node.isNumber()) return node.doubleValue();
        try {
            return Double.parseDouble(node.asText()); // YAML 1.1 reads 1e-3 as text
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(where + ": " + key + " is " + node + " and not a number.");
        }
    }

    private int integer(String key, int byDefault) {
        return (int) number(key, byDefault);
    }

    /** Strict: what is neither yes nor no would be taken for no. */
    private boolean flag(String key, boolean byDefault) {
        var node = yaml.path(key);
        if (node.isMissingNode() || node.isNull()) return byDefault;
        return switch (node.asText().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true; // YAML 1.1's words
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException(where + ": " + key + " is " + node + " and neither true nor false.");
        };
    }
}
