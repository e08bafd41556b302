package dev.parley.assist.moderation;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.optimizer.NewtonSchulz;
import dev.parley.train.optimizer.Optim;
import dev.parley.train.optimizer.Optimizer;
import dev.parley.train.optimizer.OptimizerSettings;
import dev.parley.train.optimizer.OptimizerSettings.AdamWSettings;
import dev.parley.train.optimizer.OptimizerSettings.MuonSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A guard model small enough to be trained in a test: it learns a few verdicts by heart, in the form of its family. */
final class TinyGuard implements AutoCloseable {

    /** Ends its verdicts. */
    static final String END = "<|eot_id|>";

    private static final double LEARNING_RATE = 5e-3;
    private static final int ROUNDS = 75;
    private static final int CONTEXT = 1_200;

    /** What it learns: a conversation, and what is said of its last message. */
    record Lesson(List<Message> conversation, String verdict) {}

    final CausalLM model;
    final Tokenizer tokenizer;
    final ChatTemplate template;
    final GenerationConfig config;

    private TinyGuard(CausalLM model, Tokenizer tokenizer, ChatTemplate template, GenerationConfig config) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.template = template;
        this.config = config;
    }

    static String resource(String name) throws IOException {
        try (var in = TinyGuard.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Learns lessons. */
    static TinyGuard trained(Path folder, String templateFile, List<Lesson> lessons) throws IOException {
        var source = resource(templateFile);
        var template = ChatTemplate.parse(source, templateFile);
        var prompt = new GuardPrompt(template);
        var texts = new ArrayList<String>();
        for (var lesson : lessons) texts.add(prompt.text(lesson.conversation()) + lesson.verdict());
        BpeTrainer.of(900).withSpecialTokens("<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>", END)
                .train(texts.iterator()).save(folder);
        var tokenizer = Tokenizer.load(folder);
        var end = tokenizer.idOf(END).getAsInt();
        try (var model = TrainableLM.create(ModelConfig.qwen3(tokenizer.vocabSize(), CONTEXT, 48, 2, 4, 2, 96), 11)) {
            learn(model, rows(lessons, prompt, tokenizer, end), ROUNDS);
            model.savePretrained(folder);
        }
        return new TinyGuard(CausalLM.fromPretrained(folder), tokenizer, template,
                GenerationConfig.DEFAULT.toBuilder().eosTokenIds(List.of(end)).build());
    }

    /** The same with a smaller context, which it is told by its config alone. */
    TinyGuard withContext(Path folder, int context) throws IOException {
        var copy = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-" + context));
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) Files.copy(file, copy.resolve(file.getFileName()));
        }
        var config = copy.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("(\"max_position_embeddings\"\\s*:\\s*)\\d+", "$1" + context));
        return new TinyGuard(CausalLM.fromPretrained(copy), tokenizer, template, this.config);
    }

    /** The conversations with their verdicts; only the verdicts are to be learnt. */
    private static List<int[][]> rows(List<Lesson> lessons, GuardPrompt prompt, Tokenizer tokenizer, int end) {
        var rows = new ArrayList<int[][]>();
        for (var lesson : lessons) {
            var asked = prompt.ids(tokenizer, lesson.conversation());
            var said = tokenizer.encode(lesson.verdict());
            var ids = Arrays.copyOf(asked, asked.length + said.length + 1);
            System.arraycopy(said, 0, ids, asked.length, said.length);
            ids[ids.length - 1] = end;
            var labels = ids.clone();
            Arrays.fill(labels, 0, asked.length, -100);
            rows.add(new int[][] {ids, labels});
        }
        return rows;
    }

    private static void learn(TrainableLM model, List<int[][]> rows, int rounds) {
        var settings = new OptimizerSettings(Optim.ADAMW, LEARNING_RATE, 0, 0, new AdamWSettings(0.9, 0.99, 1e-8),
                new MuonSettings(LEARNING_RATE, 0, NewtonSchulz.JORDAN, 1, 0));
        try (var optimizer = new Optimizer(model.parameters(), settings)) {
            for (int round = 0; round < rounds; round++) {
                for (var row : rows) {
                    model.lossAndBackward(TrainingBatch.of(new int[][] {row[0]}, new int[][] {row[1]}), 8);
                    optimizer.step(LEARNING_RATE, optimizer.gradNorm());
                }
            }
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
