package dev.parley.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the article that the project began from, nearly word for word, on a GPT-2 folder that is small. */
class SeedArticleTest {

    @TempDir
    Path folder;

    private static Dataset dataset(Tokenizer tokenizer, Stream<String> lines) {
        return Dataset.of(lines.map(line -> TrainingRow.of(tokenizer.encode(line))).toList());
    }

    @Test
    void theArticlesScriptRuns() throws Exception {
        var gpt2 = folder.resolve("gpt2");
        try (var small = TrainableLM.create(ModelConfig.gpt2(50_257, 128, 32, 2, 2).withSpecialTokens(50_256, 50_256).withDropout(0.1),
                1)) {
            small.savePretrained(gpt2);
        }
        Tokenizer.fromPretrained("gpt2").save(gpt2);

        // 加载预训练模型和分词器
        var tokenizer = Tokenizer.fromPretrained(gpt2.toString());
        try (var model = TrainableLM.fromPretrained(gpt2, Engine.trainingType())) {
            // 定义训练参数
            var trainingArgs = TrainingArguments.builder().outputDir(gpt2).overwriteOutputDir(true).numTrainEpochs(3)
                    .perDeviceTrainBatchSize(4).saveSteps(10_000).saveTotalLimit(2).build();
            // 定义训练器
            var trainDataset = dataset(tokenizer, Stream.of("人工智能的未来是开放的。", "The future of AI is small models.", "人工智能会更安全。",
                    "Models learn from text.", "请问人工智能是什么?", "AI helps people.", "训练需要数据。", "Answers need care."));
            var evalDataset = dataset(tokenizer, Stream.of("人工智能会帮助人。"));
            var trainer = new Trainer(model, trainingArgs, trainDataset, evalDataset);
            // 训练模型
            var output = trainer.train();
            assertEquals(6, output.globalStep()); // three epochs of two batches
            assertTrue(output.evalLoss().isPresent() && Files.exists(gpt2.resolve("checkpoint-6/model.safetensors")));
            trainer.saveModel();
        }

        // 生成回答
        try (var model = CausalLM.fromPretrained(gpt2)) {
            var inputIds = tokenizer.encode("请问你知道人工智能的未来发展趋势吗?");
            var answers = new Generator(model, tokenizer).generate(List.of(inputIds), GenerationConfig.DEFAULT.withMaxLength(100));
            assertEquals(1, answers.size());
            assertTrue(inputIds.length + answers.getFirst().ids().length <= 100);
            var text = tokenizer.decode(answers.getFirst().ids(), true);
            assertFalse(text.contains("<|endoftext|>"));
            assertEquals(text, answers.getFirst().text());
        }
    }
}
