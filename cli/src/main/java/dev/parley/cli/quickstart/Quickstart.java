package dev.parley.cli.quickstart;

import dev.parley.data.ConversationGenerator;
import dev.parley.data.Dataset;
import dev.parley.data.HeldOut;
import dev.parley.data.Packing;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.eval.Score;
import dev.parley.files.FolderTree;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.TrainingRow;
import dev.parley.serve.models.SuggestionsFile;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.TrainEvent;
import dev.parley.train.Trainer;
import dev.parley.train.checkpoint.Checkpoints;
import dev.parley.train.recipe.Recipe;
import dev.parley.train.recipe.TrainingStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        work = plan.work();
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
        var budget = TrainingBudget.of(plan, state, this::speed);
        forecast(budget);
        var base = pretrain(corpus, tokenizer, budget);
        finetune(corpus, tokenizer, base, budget);
        progress.stage("scores", "Examining the model on what it has never seen");
        var judged = state.timed("scores", false, () -> new Judging(plan, tokenizer, corpus).judge(base));
        var result = new Result(plan.out(), state.seconds(), judged.scores(), judged.samples());
        Report.write(plan.out().resolve("report.html"), plan, result, state.losses(), Engine.describeInOneLine());
        forgetCheckpoints();
        return result;
    }

    /** Says before it begins what can be expected of the time. */
    private void forecast(TrainingBudget budget) {
        if (plan.steps().isPresent() || state.done(TrainingStage.PRETRAIN.label())) return;
        progress.note(String.format(Locale.ROOT,
                "This machine trains about %,.0f tokens a second now; a useful model takes about %.1f minutes here.",
                budget.tokensPerSecond(), budget.minutesFor(Usual.tokensOfAUsefulModel())));
        var beyond = Usual.beyond(budget.expectedTokens());
        if (!beyond.isEmpty()) {
            progress.note(String.format(Locale.ROOT,
                    "%.1f minutes are too short for: %s. The model will make mistakes there; give it more by --minutes.",
                    plan.minutes(), String.join(", ", beyond)));
        }
    }

    // ---- tokenizer ----

    private Tokenizer tokenizer(Corpus corpus) throws IOException {
        var folder = plan.tokenizer();
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

    private Path pretrain(Corpus corpus, Tokenizer tokenizer, TrainingBudget budget) throws IOException {
        var folder = work.resolve("pretrained");
        if (state.done(TrainingStage.PRETRAIN.label())) return folder;
        progress.stage(TrainingStage.PRETRAIN.label(), "Reading: predicting the next token of definitions and exercises");
        var part = budget.pretrain();
        var rows = Dataset.of(pretrainingRows(corpus, budget.mixture(), tokenizer, part.rowTokens()));
        var heldOut = Dataset
                .of(Packing.pack(corpus.heldOutTexts().stream().limit(200).map(t -> document(tokenizer, t)).toList(), Plan.CONTEXT));
        try (var trainer = open(StageRecipe.pretrain(plan, budget.shape(), part.steps()).withRows(rows, heldOut), TrainingStage.PRETRAIN)) {
            progress.note(
                    String.format(Locale.ROOT, "%,d parameters, about %,d steps of %,d tokens", trainer.model().config().parameterCount(),
                            part.steps(), budget.shape().tokensPerStep()));
            train(TrainingStage.PRETRAIN, trainer, part, budget, folder);
        }
        return folder;
    }

    /** Tokens a second that a model of a shape reads on this machine now. */
    private double speed(Shape shape) {
        try (var trainer = StageRecipe.pretrain(plan, shape, 1).withRows(Dataset.of(List.of(TrainingRow.of(new int[2])))).open()) {
            return SpeedProbe.tokensPerSecond(trainer.model(), shape.rows());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the recipe of a stage; a run that was interrupted goes on from its last checkpoint. */
    private Trainer open(Recipe recipe, TrainingStage stage) throws IOException {
        if (Checkpoints.last(plan.checkpoints(stage)).isEmpty()) return recipe.open();
        progress.note("Going on from the last checkpoint in " + plan.checkpoints(stage));
        return recipe.with("resume_from_checkpoint", "true").open();
    }

    private static int id(Tokenizer tokenizer, String token) {
        return tokenizer.idOf(token).orElseThrow();
    }

    private static TrainingRow document(Tokenizer tokenizer, String text) {
        var end = id(tokenizer, END_OF_TEXT);
        return TrainingRow.document(end, tokenizer.encode(text), end);
    }

    /** Rows of texts and practice mixed. @param wanted tokens */
    private List<TrainingRow> pretrainingRows(Corpus corpus, Mixture mixture, Tokenizer tokenizer, long wanted) {
        var practice = corpus.practice(mixture, (int) Math.min(PRACTICE_LINES, 1000 + wanted / 15), plan.seed());
        var documents = new ArrayList<TrainingRow>();
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

    private void finetune(Corpus corpus, Tokenizer tokenizer, Path base, TrainingBudget budget) throws IOException {
        if (state.done(TrainingStage.SFT.label())) return;
        progress.stage(TrainingStage.SFT.label(), "Fine-tuning: learning to answer, from chats by hand and tasks by code");
        var part = budget.sft();
        var rows = Dataset.of(chatRows(corpus.conversations(budget.chatMixture()), tokenizer, part.rowTokens()));
        try (var trainer = open(StageRecipe.finetune(plan, budget.shape(), part.steps(), base).withRows(rows), TrainingStage.SFT)) {
            progress.note(String.format(Locale.ROOT, "%,d rows of conversations, about %,d steps", rows.size(), part.steps()));
            train(TrainingStage.SFT, trainer, part, budget, plan.out());
            GenerationConfig.DEFAULT.withStops(List.of(id(tokenizer, ChatTemplate.END), id(tokenizer, END_OF_TEXT)), List.of())
                    .write(plan.out());
            SuggestionsFile.write(plan.out(), corpus.suggestions());
        }
    }

    private List<TrainingRow> chatRows(ConversationGenerator conversations, Tokenizer tokenizer, long wanted) {
        var random = new SplittableRandom(plan.seed() + 1);
        var chats = ChatRows.of(tokenizer, ChatTemplate.chatMl(), Plan.CONTEXT);
        var rows = new ArrayList<TrainingRow>();
        for (var tokens = 0L; tokens < wanted;) {
            var row = chats.row(Chat.of(conversations.next(random)));
            if (row.isEmpty()) continue;
            rows.add(row.get());
            tokens += row.get().length();
        }
        return Packing.pack(rows, Plan.CONTEXT);
    }

    private void train(TrainingStage stage, Trainer trainer, TrainingBudget.Part part, TrainingBudget budget, Path folder)
            throws IOException {
        trainer.resumeAnyway().onEvent(state::event).onEvent(progress::event);
        part.limit().ifPresent(trainer::withTimeLimit);
        running = trainer;
        if (stopped) trainer.stop();
        var output = state.timed(stage.label(), true, trainer::train);
        running = null;
        if (output.interrupted()) throw new Stopped();
        budget.finished(stage, output.globalStep());
        trainer.saveModel(folder);
        state.complete(stage.label());
    }

    /** The moments of the optimiser take twice the model's space, and nothing goes on from them. */
    private void forgetCheckpoints() throws IOException {
        for (var stage : List.of(TrainingStage.PRETRAIN, TrainingStage.SFT)) FolderTree.delete(plan.checkpoints(stage));
    }
}
