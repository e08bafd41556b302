package dev.parley.eval;

import dev.parley.data.ChatSeeds.Topic;
import dev.parley.data.HeldOut;
import dev.parley.data.tasks.Example;
import dev.parley.data.tasks.Task;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Asks a chat model questions and judges the answers, greedily decoded by the engine that also serves. Ask all before you
 * wait for any: the questions of all kinds share the steps of the model.
 *
 * <pre>{@code
 * try (var exam = new Exam(model, tokenizer, template)) {
 *     var spelling = exam.task(Words.spelling(words, 3000, HeldOut.PUBLISHED), 100, 1);
 *     var sums = exam.task(Arithmetic.sumsTo20(HeldOut.PUBLISHED), 100, 1);
 *     Score score = spelling.join();
 * }
 * }</pre>
 */
public final class Exam implements AutoCloseable {

    private static final Limits LIMITS = new Limits(48, Integer.MAX_VALUE, 256L << 20, 80);
    private static final int SPARE_TOKENS = 8; // an answer may be right in other tokens than ours, and its end takes one

    private final InferenceEngine engine;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final GenerationConfig config;

    /** The model belongs to the exam until that is closed. */
    public Exam(CausalLM model, Tokenizer tokenizer, ChatTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
        engine = new InferenceEngine(model, tokenizer, LIMITS);
        config = GenerationConfig.DEFAULT.withStops(List.of(tokenizer.idOf(ChatTemplate.END).orElseThrow()), List.of());
    }

    /**
     * The answers to questions, each asked in a conversation of its own, and ended where it is longer than the longest right answer can be.
     */
    public CompletableFuture<List<String>> answers(List<String> questions, Stream<String> rightAnswers) {
        var longest = rightAnswers.mapToInt(a -> tokenizer.encode(a).length).max().orElse(0);
        var answers = questions.stream().map(q -> answer(q, config.withMaxNewTokens(longest + SPARE_TOKENS))).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<String> answer(String question, GenerationConfig config) {
        var answer = new CompletableFuture<String>();
        var prompt = template.encode(tokenizer, List.of(Message.user(question)), true).ids();
        engine.submit(TextRequest.of(prompt, config), new InferenceEngine.Listener() {

            @Override
            public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
                // The whole answer comes at the end.
            }

            @Override
            public void onEnd(InferenceEngine.Answer ended) {
                answer.complete(ended.completions().getFirst().text().strip());
            }

            @Override
            public void onFailure(RuntimeException failure) {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** The part of a task's held-out cases that are answered right. */
    public CompletableFuture<Score> task(Task task, int cases, long seed) {
        var examples = task.heldOut(cases, seed);
        return answers(examples.stream().map(Example::prompt).toList(), examples.stream().map(Example::answer)).thenApply(answers -> Score
                .proportion(IntStream.range(0, examples.size()).filter(i -> task.correct(examples.get(i), answers.get(i))).count(),
                        examples.size()));
    }

    /** The part of held-out paraphrases that are answered right; all topics in turn are asked, {@code cases} times. */
    public CompletableFuture<Score> topics(List<Topic> topics, HeldOut examined, int cases) {
        record Asked(Topic topic, String question) {}
        var asked = IntStream.range(0, topics.stream().mapToInt(t -> t.heldOut(examined).size()).max().orElse(0)).boxed()
                .flatMap(
                        i -> topics.stream().filter(t -> i < t.heldOut(examined).size()).map(t -> new Asked(t, t.heldOut(examined).get(i))))
                .limit(cases).toList();
        var judge = new TopicJudge(topics);
        return answers(asked.stream().map(Asked::question).toList(), topics.stream().flatMap(t -> t.answers().stream()))
                .thenApply(answers -> Score.proportion(
                        IntStream.range(0, asked.size()).filter(i -> judge.isOf(asked.get(i).topic(), answers.get(i))).count(),
                        asked.size()));
    }

    /** Waits for the answers that are not there yet. */
    @Override
    public void close() {
        engine.close();
    }
}
