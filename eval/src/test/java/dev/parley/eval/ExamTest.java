package dev.parley.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.ChatSeeds;
import dev.parley.data.HeldOut;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Example;
import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.kernels.DType;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of random weights sits the exam: it says anything, and never stops. */
class ExamTest {

    private static final ChatTemplate TEMPLATE = ChatTemplate.chatMl();

    @TempDir
    private static Path folder;
    private static Tokenizer tokenizer;
    private static CausalLM model;

    @BeforeAll
    static void makeModel() throws IOException {
        var texts = ChatSeeds.load().stream().flatMap(t -> t.questions().stream());
        tokenizer = BpeTrainer.of(320).withSpecialTokens(ChatTemplate.START, ChatTemplate.END).train(texts.iterator());
        try (var made = TrainableLM.create(ModelConfig.gpt2(tokenizer.vocabSize(), 256, 16, 1, 2), 1)) {
            made.savePretrained(folder);
        }
        model = CausalLM.fromPretrained(folder, DType.FLOAT32);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void answersComeInOrderAndEndWhereTheLongestRightOneCould() {
        var questions = Stream.of("Who are you?", "你是谁?", "What is 12 + 5?").toList();
        var right = List.of("I am Parley.", "17");
        var longest = right.stream().mapToInt(a -> tokenizer.encode(a).length).max().orElseThrow();
        try (var exam = new Exam(model, tokenizer, TEMPLATE)) {
            var answers = exam.answers(questions, right.stream()).join();
            assertEquals(questions.size(), answers.size());
            for (int i = 0; i < questions.size(); i++) {
                var prompt = TEMPLATE.encode(tokenizer, List.of(Message.user(questions.get(i))), true).ids();
                var config = GenerationConfig.DEFAULT.withMaxNewTokens(longest + 8)
                        .withStops(List.of(tokenizer.idOf(ChatTemplate.END).orElseThrow()), List.of());
                assertEquals(new Generator(model, tokenizer).generate(List.of(prompt), config).getFirst().text().strip(), answers.get(i));
            }
        }
    }

    @Test
    void aTaskIsScoredOnAllItsCasesAndTopicsOnTheirSet() {
        var sums = Arithmetic.sumsTo20(HeldOut.TUNING);
        try (var exam = new Exam(model, tokenizer, TEMPLATE)) {
            var score = exam.task(sums, 20, 1);
            var topics = exam.topics(ChatSeeds.load(), HeldOut.TUNING, 30);
            assertEquals(20, score.join().n());
            assertEquals(30, topics.join().n());
            assertTrue(topics.join().value() == 0 && topics.join().stderr() > 0, topics.join().toString());
            var prompts = sums.heldOut(20, 1).stream().map(Example::prompt).toList();
            var answers = exam.answers(prompts, sums.heldOut(20, 1).stream().map(Example::answer)).join();
            var right = IntStream.range(0, 20).filter(i -> sums.correct(sums.heldOut(20, 1).get(i), answers.get(i))).count();
            assertEquals(right / 20.0, score.join().value());
        }
    }
}
