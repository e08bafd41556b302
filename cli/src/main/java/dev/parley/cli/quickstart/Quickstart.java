package dev.parley.cli.quickstart;

import dev.parley.torch.TrainableLM;
import dev.parley.data.ChatRows;
import dev.parley.data.Conversations;
import dev.parley.data.Dataset;
import dev.parley.data.HeldOut;
import dev.parley.data.Packing;
import dev.parley.data.Row;
import dev.parley.eval.Score;
import dev.parley.files.FolderTree;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.ModelConfig;
import dev.parley.serve.models.SuggestionsFile;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.Checkpoints;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * From raw text to a chat model, stage by stage: tokenizer, pretraining, fine-tuning, scores, samples. The recipe is
 * {@link #run()}. Each stage leaves its result in the work folder, so that a run that was interrupted goes on where it was.
 */
final class Quickstart {

    static final String END_OF_TEXT = "<|endoftext|>";
    private static final int TOKENIZER_TEXTS = 60_000;
    private static final int ROLE_TEXTS = 5_000;
    private static final int PRACTICE_LINES = 400_000;
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
        var corpus = state.timed("data", false, () -> Corpus.load(plan.texts(), plan.onlyTexts(), EXAMINED));
        progress.note(corpus.texts().size() + " documents to read, " + corpus.heldOutTexts().size() + " held out, " + corpus.topics().size()
                + " chat topics, " + corpus.tasks().size() + " kinds of task");
        var tokenizer = tokenizer(corpus);
        var course = Course.of(plan, state, shape -> SpeedProbe.tokensPerSecond(config(shape, tokenizer), shape.rows()));
        forecast(course);
        var base = pretrain(corpus, tokenizer, course);
        finetune(corpus, tokenizer, base, course);
        progress.stage("scores", "Examining the model on what it has never seen");
        var judged = state.timed("scores", false, () -> new Judging(plan, tokenizer, corpus).judge(base));
        var result = new Result(plan.out(), state.seconds(), judged.scores(), judged.samples());
        Report.write(plan.out().resolve("report.html"), plan, result, state.losses(), Engine.describeInOneLine());
        forgetCheckpoints();
        return result;
    }

    /** Says before it begins what can be expected of the time. */
    private void forecast(Course course) {
        if (plan.steps().isPresent() || state.done(Stage.PRETRAIN.name())) return;
        progress.note(String.format(Locale.ROOT, "This machine trains about %,.0f tokens a second now; a useful model takes about %.1f minutes here.",
                course.tokensPerSecond(), course.minutesFor(Usual.tokensOfAUsefulModel())));
        var beyond = Usual.beyond(course.expectedTokens());
        if (!beyond.isEmpty()) {
            progress.note(String.format(Locale.ROOT, "%.1f minutes are too short for: %s. The model will make mistakes there; give it more by --minutes.",
                    plan.minutes(), String.join(", ", beyond)));
        }
    }

    // ---- tokenizer ----

    private Tokenizer tokenizer(Corpus corpus) throws IOException {
        var folder = work.resolve("tokenizer");
        if (!state.done("tokenizer")) {
            progress.stage("tokenizer", "Learning a vocabulary of " + Plan.VOCAB_SIZE + " tokens");
            state.timed("tokenizer", false, () -> {
                var texts = new ArrayList<>(corpus.texts().subList(0, Math.min(TOKENIZER_TEXTS, corpus.texts().size())));
                texts.addAll(corpus.practice(Mixture.ALL, TOKENIZER_TEXTS / 6, plan.seed()));
                for (int i = 0; i < 8; i++) { // chats are few and are what will be said
                    for (var topic : corpus.topics()) {
                        texts.addAll(topic.questions());
                        texts.addAll(topic.answers());
                    }
                }
                texts.addAll(Collections.nCopies(ROLE_TEXTS, "user\nassistant\n")); // in every turn: a token each
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

    private Path pretrain(Corpus corpus, Tokenizer tokenizer, Course course) throws IOException {
        var folder = work.resolve("pretrained");
        if (state.done(Stage.PRETRAIN.name())) return folder;
        progress.stage(Stage.PRETRAIN.name(), "Reading: predicting the next token of definitions and exercises");
        try (var model = TrainableLM.create(config(course.shape(), tokenizer), plan.seed())) {
            var part = course.pretrain();
            progress.note(String.format(Locale.ROOT, "%,d parameters, about %,d steps of %,d tokens", model.config().parameterCount(), part.steps(), course.shape().tokensPerStep()));
            var rows = Dataset.of(pretrainingRows(corpus, course.mixture(), tokenizer, part.rowTokens()));
            var heldOut = Dataset.of(Packing.pack(corpus.heldOutTexts().stream().limit(200).map(t -> document(tokenizer, t)).toList(), Plan.CONTEXT));
            train(Stage.PRETRAIN, part, course, model, rows, Optional.of(heldOut), folder, tokenizer);
        }
        return folder;
    }

    private static ModelConfig config(Shape shape, Tokenizer tokenizer) {
        return shape.config(tokenizer.vocabSize()).withSpecialTokens(id(tokenizer, END_OF_TEXT), id(tokenizer, ChatTemplate.END));
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

    /** Rows of texts and practice mixed. @param wanted tokens */
    private List<Row> pretrainingRows(Corpus corpus, Mixture mixture, Tokenizer tokenizer, long wanted) {
        var practice = corpus.practice(mixture, (int) Math.min(PRACTICE_LINES, 1000 + wanted / 15), plan.seed());
        var documents = new ArrayList<Row>();
        var tokens = 0L;
        var random = new SplittableRandom(plan.seed());
        for (int t = 0, p = 0; tokens < wanted && t < corpus.texts().size() && p < practice.size();) {
            var text = random.nextDouble() < mixture.textShare() ? corpus.texts().get(t++) : practice.get(p++);
            documents.add(document(tokenizer, text));
            tokens += documents.getLast().length();
        }
        return Packing.pack(documents, Plan.CONTEXT);
    }

    // ---- fine-tuning ----

    private void finetune(Corpus corpus, Tokenizer tokenizer, Path base, Course course) throws IOException {
        if (state.done(Stage.SFT.name())) return;
        progress.stage(Stage.SFT.name(), "Fine-tuning: learning to answer, from chats by hand and tasks by code");
        try (var model = TrainableLM.fromPretrained(base, Engine.trainingType())) {
            var part = course.sft();
            var rows = chatRows(corpus.conversations(course.chatMixture()), tokenizer, part.rowTokens());
            progress.note(String.format(Locale.ROOT, "%,d rows of conversations, about %,d steps", rows.size(), part.steps()));
            train(Stage.SFT, part, course, model, Dataset.of(rows), Optional.empty(), plan.out(), tokenizer);
            GenerationConfig.DEFAULT.withStops(List.of(id(tokenizer, ChatTemplate.END), id(tokenizer, END_OF_TEXT)), List.of()).write(plan.out());
            SuggestionsFile.write(plan.out(), corpus.suggestions());
        }
    }

    private List<Row> chatRows(Conversations conversations, Tokenizer tokenizer, long wanted) {
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

    private void train(Stage stage, Course.Part part, Course course, TrainableLM model, Dataset rows, Optional<Dataset> heldOut, Path folder,
            Tokenizer tokenizer) throws IOException {
        var arguments = stage.arguments(work.resolve(stage.name()), course.shape(), part.steps(), plan.seed());
        var last = Checkpoints.last(arguments.outputDir());
        if (last.isPresent()) {
            progress.note("Going on from the last checkpoint in " + arguments.outputDir());
            arguments = arguments.resumingFrom(last.get());
        }
        var trainer = heldOut.isEmpty() ? new Trainer(model, arguments, rows) : new Trainer(model, arguments, rows, heldOut.get());
        part.limit().ifPresent(trainer::withTimeLimit);
        running = trainer.resumeAnyway().withTokenizer(tokenizer).onEvent(state::event).onEvent(progress::event);
        if (stopped) trainer.stop();
        var output = state.timed(stage.name(), true, running::train);
        running = null;
        if (output.interrupted()) throw new Stopped();
        course.finished(stage, output.globalStep());
        trainer.saveModel(folder);
        state.complete(stage.name());
    }

    /** The moments of the optimiser take twice the model's space, and nothing goes on from them. */
    private void forgetCheckpoints() throws IOException {
        for (var stage : List.of(Stage.PRETRAIN, Stage.SFT)) FolderTree.delete(work.resolve(stage.name()));
    }
}
