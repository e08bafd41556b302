package dev.parley.cli.quickstart;

import dev.parley.data.ChatRows;
import dev.parley.data.Conversations;
import dev.parley.data.Dataset;
import dev.parley.data.HeldOut;
import dev.parley.data.Packing;
import dev.parley.data.Row;
import dev.parley.data.tasks.Example;
import dev.parley.eval.BigramBaseline;
import dev.parley.eval.BitsPerByte;
import dev.parley.eval.Exam;
import dev.parley.eval.Score;
import dev.parley.generate.GenerationConfig;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.TokenBatch;
import dev.parley.serve.models.SuggestionsFile;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.FolderTree;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.LrSchedule;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * From raw text to a chat model, stage by stage: tokenizer, pretraining, fine-tuning, scores, samples. The recipe is
 * {@link #run()}. Each stage leaves its result in the work folder, so that a run that was interrupted goes on where it was.
 */
final class Quickstart {

    static final String END_OF_TEXT = "<|endoftext|>";
    private static final int TOKENIZER_TEXTS = 60_000;
    private static final int PRACTICE_LINES = 400_000;
    private static final double TOPIC_SHARE = 0.35;
    private static final HeldOut EXAMINED = HeldOut.PUBLISHED; // TUNING while settings are being chosen

    private final Plan plan;
    private final Progress progress;
    private final State state;
    private final Path work;
    private volatile boolean stopped;
    private Trainer running;

    /** Hears how far the run is. */
    interface Progress {

        /** A stage begins; the sentence says what it does. */
        void stage(String name, String sentence);

        /** A line worth knowing. */
        void note(String line);

        /** An event of training in the present stage. */
        void event(TrainEvent event);
    }

    /** What the run made. */
    record Result(Path model, Map<String, Double> seconds, Map<String, Score> scores, List<Sample> samples) {}

    /** A question and what the model answered. */
    record Sample(String prompt, String answer) {}

    /** The run was stopped before its end; what was done is kept. */
    static final class Stopped extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    Quickstart(Plan plan, Progress progress) throws IOException {
        this.plan = plan;
        this.progress = progress;
        work = plan.out().resolve(".work");
        state = State.open(work.resolve("state.json"), plan);
    }

    /** Asks the run to stop soon, from any thread; a training stage first writes a checkpoint. */
    void stop() {
        stopped = true;
        var trainer = running;
        if (trainer != null) trainer.stop();
    }

    Result run() throws IOException {
        progress.note(Engine.describeInOneLine());
        progress.stage("data", "Reading the text and the chat seeds");
        var corpus = state.timed("data", () -> Corpus.load(plan.texts(), plan.onlyTexts(), EXAMINED));
        progress.note(corpus.texts().size() + " documents to read, " + corpus.heldOutTexts().size() + " held out, " + corpus.topics().size()
                + " chat topics, " + corpus.tasks().size() + " kinds of task");
        var tokenizer = tokenizer(corpus);
        var base = pretrain(corpus, tokenizer);
        finetune(corpus, tokenizer, base);
        var result = judge(corpus, tokenizer);
        Report.write(plan.out().resolve("report.html"), plan, result, state.losses(), Engine.describeInOneLine());
        forgetCheckpoints();
        return result;
    }

    // ---- tokenizer ----

    private Tokenizer tokenizer(Corpus corpus) throws IOException {
        var folder = work.resolve("tokenizer");
        if (!state.done("tokenizer")) {
            progress.stage("tokenizer", "Learning a vocabulary of " + Plan.VOCAB_SIZE + " tokens");
            state.timed("tokenizer", () -> {
                var texts = new ArrayList<>(corpus.texts().subList(0, Math.min(TOKENIZER_TEXTS, corpus.texts().size())));
                texts.addAll(corpus.practice(TOKENIZER_TEXTS / 6, plan.seed()));
                for (int i = 0; i < 8; i++) { // chats are few and are what will be said
                    for (var topic : corpus.topics()) {
                        texts.addAll(topic.questions());
                        texts.addAll(topic.answers());
                    }
                }
                var trained = BpeTrainer.of(Plan.VOCAB_SIZE).withIndividualDigits(true)
                        .withSpecialTokens(END_OF_TEXT, ChatTemplate.START, ChatTemplate.END).train(texts.iterator())
                        .withChatTemplate(ChatTemplate.chatMl(), ChatTemplate.END);
                trained.save(folder);
                return trained;
            });
            state.complete("tokenizer");
        }
        return Tokenizer.load(folder);
    }

    // ---- pretraining ----

    private Path pretrain(Corpus corpus, Tokenizer tokenizer) throws IOException {
        var folder = work.resolve("pretrained");
        if (state.done("pretrain")) return folder;
        progress.stage("pretrain", "Reading: predicting the next token of definitions and exercises");
        try (var model = CausalLM.create(config(tokenizer), plan.seed())) {
            var steps = state.steps("pretrain", () -> (long) (plan.pretrainSeconds() / secondsOfAStep(model)));
            progress.note(model.config().parameterCount() + " parameters, " + steps + " steps of " + Plan.ROWS * Plan.CONTEXT + " tokens");
            var rows = Dataset.of(pretrainingRows(corpus, tokenizer, steps));
            var heldOut = Dataset.of(Packing.pack(corpus.heldOutTexts().stream().limit(200).map(t -> document(tokenizer, t)).toList(), Plan.CONTEXT));
            train("pretrain", model, arguments("pretrain", steps, 1.5e-3, 0.2).evalSteps(Math.max(1, steps / 3)).build(), rows, heldOut, folder, tokenizer);
        }
        return folder;
    }

    private ModelConfig config(Tokenizer tokenizer) {
        return ModelConfig.gpt2(tokenizer.vocabSize(), Plan.CONTEXT, Plan.WIDTH, Plan.LAYERS, Plan.HEADS)
                .withSpecialTokens(id(tokenizer, END_OF_TEXT), id(tokenizer, ChatTemplate.END));
    }

    private static int id(Tokenizer tokenizer, String token) {
        return tokenizer.idOf(token).orElseThrow();
    }

    /** A document between two end-of-text tokens: the first says that a text begins, the second is learned as its end. */
    private static Row document(Tokenizer tokenizer, String text) {
        var ids = tokenizer.encode(text);
        var end = id(tokenizer, END_OF_TEXT);
        var row = new int[ids.length + 2];
        Arrays.fill(row, end);
        System.arraycopy(ids, 0, row, 1, ids.length);
        return Row.of(row);
    }

    /** As many rows as the steps will read, of texts and practice mixed. */
    private List<Row> pretrainingRows(Corpus corpus, Tokenizer tokenizer, long steps) {
        var wanted = steps * Plan.ROWS * Plan.CONTEXT;
        var practice = corpus.practice(PRACTICE_LINES, plan.seed());
        var documents = new ArrayList<Row>();
        var tokens = 0L;
        var random = new SplittableRandom(plan.seed());
        for (int t = 0, p = 0; tokens < wanted && t < corpus.texts().size() && p < practice.size();) {
            var text = random.nextInt(2) < 1 ? corpus.texts().get(t++) : practice.get(p++);
            documents.add(document(tokenizer, text));
            tokens += documents.getLast().length();
        }
        return Packing.pack(documents, Plan.CONTEXT);
    }

    /** The median of a few passes on a model that is thrown away afterwards. */
    private double secondsOfAStep(CausalLM model) {
        var ids = new int[Plan.ROWS][Plan.CONTEXT];
        var random = new SplittableRandom(1);
        var segments = new int[Plan.ROWS][Plan.CONTEXT];
        for (var row : ids) Arrays.setAll(row, i -> random.nextInt(model.config().vocabSize()));
        for (var row : segments) Arrays.setAll(row, i -> i / 40);
        try (var probe = CausalLM.create(model.config(), 1)) {
            for (var p : probe.parameters().all()) p.value().requiresGrad(true);
            var seconds = new double[20];
            for (int i = 0; i < seconds.length; i++) {
                var start = System.nanoTime();
                probe.lossAndBackward(TokenBatch.packed(ids, segments), ids, 1);
                for (var p : probe.parameters().all()) p.value().clearGrad();
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
            Arrays.sort(seconds);
            return seconds[seconds.length / 2] * 1.15; // the optimiser's part, and evaluations
        }
    }

    // ---- fine-tuning ----

    private void finetune(Corpus corpus, Tokenizer tokenizer, Path base) throws IOException {
        if (state.done("sft")) return;
        progress.stage("sft", "Fine-tuning: learning to answer, from chats by hand and tasks by code");
        try (var model = CausalLM.forTraining(base, Engine.trainingType())) {
            var steps = state.steps("sft", () -> (long) (plan.sftSeconds() / secondsOfAStep(model)));
            var rows = chatRows(corpus.conversations(TOPIC_SHARE), tokenizer, steps);
            progress.note(rows.size() + " rows of conversations, " + steps + " steps");
            train("sft", model, arguments("sft", steps, 1.2e-3, 0.02).build(), Dataset.of(rows), null, plan.out(), tokenizer);
            GenerationConfig.DEFAULT.withStops(List.of(id(tokenizer, ChatTemplate.END), id(tokenizer, END_OF_TEXT)), List.of()).write(plan.out());
            SuggestionsFile.write(plan.out(), corpus.suggestions());
        }
    }

    private List<Row> chatRows(Conversations conversations, Tokenizer tokenizer, long steps) {
        var wanted = steps * Plan.ROWS * Plan.CONTEXT;
        var random = new SplittableRandom(plan.seed() + 1);
        var rows = new ArrayList<Row>();
        for (var tokens = 0L; tokens < wanted; ) {
            var row = ChatRows.row(tokenizer, ChatTemplate.chatMl(), conversations.next(random), Plan.CONTEXT);
            if (row.isEmpty()) continue;
            rows.add(row.get());
            tokens += row.get().length();
        }
        return Packing.pack(rows, Plan.CONTEXT);
    }

    private TrainingArguments.Builder arguments(String stage, long steps, double learningRate, double minLrRate) {
        return TrainingArguments.builder().outputDir(work.resolve(stage)).maxSteps(steps).perDeviceTrainBatchSize(Plan.ROWS)
                .perDeviceEvalBatchSize(Plan.ROWS).learningRate(learningRate).lrSchedulerType(LrSchedule.Type.COSINE_WITH_MIN_LR)
                .lrSchedulerKwargs(new LrSchedule.Shape(minLrRate, 1, 1e-7, 0, 0)).warmupSteps(Math.max(1, steps / 30)).weightDecay(0.1)
                .adamBeta2(0.95).loggingSteps(5).saveSteps(Math.max(50, steps / 5)).saveTotalLimit(1).seed(plan.seed());
    }

    private void train(String stage, CausalLM model, TrainingArguments arguments, Dataset rows, Dataset heldOut, Path folder,
            Tokenizer tokenizer) throws IOException {
        var resumable = Files.exists(arguments.outputDir().resolve("checkpoints.json"));
        if (resumable) arguments = resumed(arguments);
        var trainer = heldOut == null ? new Trainer(model, arguments, rows) : new Trainer(model, arguments, rows, heldOut);
        running = trainer.withTokenizer(tokenizer).onEvent(state::event).onEvent(progress::event);
        if (stopped) trainer.stop();
        var output = state.timed(stage, running::train);
        running = null;
        if (output.interrupted()) throw new Stopped();
        trainer.saveModel(folder);
        state.complete(stage);
    }

    private TrainingArguments resumed(TrainingArguments a) {
        progress.note("Going on from the last checkpoint in " + a.outputDir());
        return a.resumingFrom(a.outputDir());
    }

    /** The moments of the optimiser take twice the model's space, and nothing goes on from them. */
    private void forgetCheckpoints() throws IOException {
        for (var stage : List.of("pretrain", "sft")) FolderTree.delete(work.resolve(stage));
    }

    // ---- judging ----

    private Result judge(Corpus corpus, Tokenizer tokenizer) throws IOException {
        progress.stage("scores", "Examining the model on what it has never seen");
        var scores = new LinkedHashMap<String, Score>();
        var samples = state.timed("scores", () -> {
            var answered = examine(corpus, tokenizer, scores);
            scores.putAll(bitsPerByte(corpus, tokenizer));
            return answered;
        });
        return new Result(plan.out(), state.seconds(), scores, samples);
    }

    /** Asks all questions at once. @return samples */
    private List<Sample> examine(Corpus corpus, Tokenizer tokenizer, Map<String, Score> scores) {
        try (var model = CausalLM.fromPretrained(plan.out()); var exam = new Exam(model, tokenizer, ChatTemplate.chatMl())) {
            var asked = new LinkedHashMap<String, CompletableFuture<Score>>();
            for (var weighted : corpus.tasks()) asked.put(weighted.task().name(), exam.task(weighted.task(), Plan.CASES, plan.seed()));
            asked.put("chat topics", exam.topics(corpus.topics(), corpus.examined(), Plan.CASES));
            var samples = samples(exam, corpus);
            asked.forEach((name, score) -> scores.put(name, score.join()));
            return samples.join();
        }
    }

    private Map<String, Score> bitsPerByte(Corpus corpus, Tokenizer tokenizer) {
        var scores = new LinkedHashMap<String, Score>();
        var bos = id(tokenizer, END_OF_TEXT);
        var texts = corpus.heldOutTexts().stream().limit(Plan.CASES).toList();
        try (var base = CausalLM.fromPretrained(work.resolve("pretrained")); var untrained = CausalLM.create(config(tokenizer), plan.seed() + 7)) {
            scores.put("bits per byte, held-out text", BitsPerByte.of(base, tokenizer, bos, texts));
            var read = tokenizer.encodeAll(corpus.texts(), Engine.threads());
            scores.put("bits per byte, bigram baseline", new BigramBaseline(tokenizer.vocabSize(), bos, read).bitsPerByte(tokenizer, bos, texts));
            scores.put("bits per byte, untrained model", BitsPerByte.of(untrained, tokenizer, bos, texts.subList(0, Math.min(50, texts.size()))));
        }
        return scores;
    }

    /** Questions that were never trained on: of two topics in English and one in Chinese, and of three tasks. */
    private CompletableFuture<List<Sample>> samples(Exam exam, Corpus corpus) {
        var examples = new ArrayList<Example>();
        for (var topic : List.of("who-are-you", "what-is-parley", "zh-future")) {
            corpus.topics().stream().filter(t -> t.id().equals(topic))
                    .forEach(t -> t.heldOut(corpus.examined()).stream().limit(1).forEach(q -> examples.add(new Example(q, t.answers().getFirst()))));
        }
        for (var name : List.of("spelling", "sums to 20", "stories")) {
            corpus.tasks().stream().map(Conversations.Weighted::task).filter(t -> t.name().equals(name)).forEach(t -> examples.addAll(t.heldOut(1, plan.seed())));
        }
        var questions = examples.stream().map(Example::prompt).toList();
        return exam.answers(questions, examples.stream().map(Example::answer))
                .thenApply(answers -> IntStream.range(0, questions.size()).mapToObj(i -> new Sample(questions.get(i), answers.get(i))).toList());
    }
}
