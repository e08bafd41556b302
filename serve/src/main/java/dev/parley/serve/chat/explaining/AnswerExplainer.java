package dev.parley.serve.chat.explaining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.explain.Analysis;
import dev.parley.explain.ExplainOptions;
import dev.parley.explain.ExplainedText;
import dev.parley.explain.Explanation;
import dev.parley.explain.page.ExplanationJson;
import dev.parley.model.ModelException;
import dev.parley.model.RunnerProvider;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.running.AnsweredText;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.lessons.LessonAdapters;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ComputePool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Explains answers, beside the engine that gives them: it has the same weights and takes turns with it. That may take minutes, so there
 * are threads for it alone, and one for each user; who leaves ends it.
 */
public final class AnswerExplainer {

    private static final ComputePool THREADS = new ComputePool(2, 32, Duration.ofMinutes(5));
    private static final long MOST_WEIGHTS = 300_000; // that a browser is sent: some 2 MB

    private final ModelPool models;
    private final boolean showsInside;
    private final TrainingSearches searches;
    private final RunningWork work = new RunningWork();

    /**
     * @param showsInside whether users may read what is the operator's: passages of what a model was trained on, where its folder names it,
     *     and the instructions of assistants
     */
    public AnswerExplainer(ModelPool models, boolean showsInside) {
        this.models = models;
        this.showsInside = showsInside;
        searches = new TrainingSearches(models, showsInside);
    }

    /**
     * Explains an answer, and waits for it.
     *
     * @param caller pays for the tokens that are read
     * @param look hears now and then how far it is; what it throws ends the explanation
     * @return what {@link ExplanationJson} makes of it, whether the answer was {@code adapted}, that is, written with an adapter, which
     *     explanations leave out, and what cannot be asked of this model, with a code that says why
     * @throws ApiError where it cannot be explained
     */
    public ObjectNode explain(Caller caller, AnsweredText answered, ExplanationRequest asked,
            Consumer<Optional<ExplanationProgress>> look) {
        if (answered.ofAssistant() && !showsInside) throw ApiError.of(403, "instructions_private",
                "On a server where users log in, answers of assistants are not explained: their instructions would be shown.");
        var base = LessonAdapters.withoutLesson(answered.model()); // which explains it also where the lesson is gone
        var lease = models.lease(Optional.of(base), caller.id());
        var taken = new AtomicBoolean(); // by the thread that explains, which gives the lease back when it really ends
        try {
            var model = lease.model().base();
            var tokens = answered.in(model);
            if (tokens.answer().length == 0) throw ApiError.badRequest("", "This answer is empty: there is no token to explain.");
            var text = ExplainedText.of(Optional.of(model.tokenizer()), tokens.prompt(), tokens.answer());
            var fitted = paid(caller, model, text, asked);
            var progress = new LastProgress(work);
            return THREADS.run(caller.id(), () -> look.accept(progress.last()), () -> {
                if (!taken.compareAndSet(false, true)) throw new IllegalStateException("Nobody wants this any more.");
                try (lease) {
                    return work.during(() -> explained(model, text, fitted, progress).put("adapted", !model.id().equals(answered.model())));
                }
            });
        } finally {
            if (taken.compareAndSet(false, true)) lease.close();
        }
    }

    private static ExplanationRequest paid(Caller caller, ServedModel model, ExplainedText text, ExplanationRequest asked) {
        var number = asked.token();
        if (number.isPresent() && number.getAsInt() >= text.answerLength())
            throw ApiError.badRequest("token", "token must be a number from 0 to " + (text.answerLength() - 1) + ".");
        if (asked.contrast().isPresent() && number.isEmpty())
            throw ApiError.badRequest("contrast", "A contrast is between two tokens at one place: name the answer's token by token.");
        var length = number.isPresent() ? text.promptLength() + number.getAsInt() + 1 : text.length();
        var cost = new ExplanationCost(model.model().config(), asked, length, number.isPresent() ? 1 : text.answerLength());
        var fitted = cost.fitted();
        var read = cost.tokens();
        caller.reserve(read, 0, false).settle(read);
        return fitted;
    }

    private ObjectNode explained(ServedModel model, ExplainedText text, ExplanationRequest asked, LastProgress progress) {
        try (var beside = model.model().forAnotherThread()) {
            var options = options(asked).onProgress(progress);
            if (asked.has(Analysis.TRAINING_PASSAGES)) options = options.withTraining(searches.of(model));
            var which = options.withAnalyses(asked.analyses());
            var explanation = asked.has(Analysis.TRAINING_PASSAGES)
                    ? searches.alone(model, () -> Explanation.of(beside, Optional.of(model.tokenizer()), text, which))
                    : Explanation.of(beside, Optional.of(model.tokenizer()), text, which);
            var json = ExplanationJson.of(model.id(), explanation, MOST_WEIGHTS);
            json.set("impossible", impossible(model));
            return json;
        } catch (IllegalArgumentException | ModelException e) {
            throw ApiError.badRequest("", e.getMessage());
        }
    }

    private static ExplainOptions options(ExplanationRequest asked) {
        var options = ExplainOptions.DEFAULT.withFaithfulness(asked.checked());
        if (asked.token().isPresent()) options = options.withTokens(List.of(asked.token().getAsInt() + 1));
        return asked.contrast().isPresent() ? options.withContrast(asked.contrast().getAsInt()) : options;
    }

    /** Analyses that this model, or this server, has not got: a code for each, as the page has words for. */
    private ObjectNode impossible(ServedModel model) {
        var json = searches.impossible(model);
        if (RunnerProvider.find().isEmpty()) {
            json.put(Analysis.GRADIENT_X_INPUT.label(), "no_gradients").put(Analysis.INTEGRATED_GRADIENTS.label(), "no_gradients");
        }
        return json;
    }

    /** Ends what is being explained, so that the models can be freed. */
    public void finish() {
        work.finish();
    }
}
