package dev.parley.cli.quickstart;

import dev.parley.data.tasks.Example;
import dev.parley.eval.BigramBaseline;
import dev.parley.eval.BitsPerByte;
import dev.parley.eval.Exam;
import dev.parley.eval.Score;
import dev.parley.model.CausalLM;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Examines what a quickstart made, on what was held out. */
final class Judging {

    private final Plan plan;
    private final Tokenizer tokenizer;
    private final Corpus corpus;

    Judging(Plan plan, Tokenizer tokenizer, Corpus corpus) {
        this.plan = plan;
        this.tokenizer = tokenizer;
        this.corpus = corpus;
    }

    /** What was found. @param scores by name */
    record Judged(Map<String, Score> scores, List<Quickstart.Sample> samples) {}

    /** @param base the model that has read and not yet chatted: text is scored by it */
    Judged judge(Path base) {
        var scores = new LinkedHashMap<String, Score>();
        var samples = examine(scores);
        scores.putAll(bitsPerByte(base));
        return new Judged(scores, samples);
    }

    /** Asks all questions at once. @return samples */
    private List<Quickstart.Sample> examine(Map<String, Score> scores) {
        try (var model = CausalLM.fromPretrained(plan.out()); var exam = new Exam(model, tokenizer, ChatTemplate.chatMl())) {
            var asked = new LinkedHashMap<String, CompletableFuture<Score>>();
            for (var task : corpus.tasks()) asked.put(task.name(), exam.task(task, Plan.CASES, plan.seed()));
            asked.put("chat topics", exam.topics(corpus.topics(), corpus.examined(), Plan.CASES));
            var samples = samples(exam);
            asked.forEach((name, score) -> scores.put(name, score.join()));
            return samples.join();
        }
    }

    private Map<String, Score> bitsPerByte(Path baseFolder) {
        var scores = new LinkedHashMap<String, Score>();
        var bos = tokenizer.idOf(Quickstart.END_OF_TEXT).orElseThrow();
        var texts = corpus.heldOutTexts().stream().limit(Plan.CASES).toList();
        try (var base = CausalLM.fromPretrained(baseFolder); var untrained = TrainableLM.create(base.config(), plan.seed() + 7)) {
            scores.put("bits per byte, held-out text", BitsPerByte.of(base, tokenizer, bos, texts));
            var read = tokenizer.encodeAll(corpus.texts(), Engine.threads());
            scores.put("bits per byte, bigram baseline",
                    new BigramBaseline(tokenizer.vocabSize(), bos, read).bitsPerByte(tokenizer, bos, texts));
            scores.put("bits per byte, untrained model",
                    BitsPerByte.of(untrained, tokenizer, bos, texts.subList(0, Math.min(50, texts.size()))));
        }
        return scores;
    }

    /** Questions that were never trained on: of two topics in English and one in Chinese, and of three tasks. */
    private CompletableFuture<List<Quickstart.Sample>> samples(Exam exam) {
        var examples = new ArrayList<Example>();
        for (var topic : List.of("who-are-you", "what-is-parley", "zh-future")) {
            corpus.topics().stream().filter(t -> t.id().equals(topic))
                    .forEach(t -> t.heldOut(corpus.examined()).stream().limit(1)
                            .forEach(q -> examples.add(new Example(q, t.answers().getFirst()))));
        }
        for (var name : List.of("spelling", "sums to 20", "stories")) {
            corpus.tasks().stream().filter(t -> t.name().equals(name)).forEach(t -> examples.addAll(t.heldOut(1, plan.seed())));
        }
        var questions = examples.stream().map(Example::prompt).toList();
        return exam.answers(questions, examples.stream().map(Example::answer))
                .thenApply(answers -> IntStream.range(0, questions.size())
                        .mapToObj(i -> new Quickstart.Sample(questions.get(i), answers.get(i))).toList());
    }
}
