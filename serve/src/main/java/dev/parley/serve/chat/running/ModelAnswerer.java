package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.generate.engine.QueueFullException;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.ModelException;
import dev.parley.serve.answer.Answerer;
import dev.parley.serve.answer.Refused;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.openai.ChatSettings;
import dev.parley.serve.openai.DefaultSettings;
import dev.parley.serve.openai.Fields;
import dev.parley.serve.work.ComputePool;
import dev.parley.tokenizer.TokenizerException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Answers by the models of a server, with the settings of the API: the same question gets the same answer by both. */
public final class ModelAnswerer implements Answerer {

    private static final long MOST_WEIGHTS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ModelPool models;

    public ModelAnswerer(ModelPool models) {
        this.models = models;
    }

    @Override
    public Running answer(Question question, Listener listener) {
        var lease = models.lease(question.model());
        try {
            var model = lease.model();
            var prepared = prepared(question, model);
            var config = prepared.config();
            var prompt = prepared.prompt();
            var request = limited(new TextRequest(prompt.ids(), config, question.owner(), false, Optional.empty(), prompt.begun()), model, listener);
            var ticket = model.engine().submit(request, new EngineListener(lease, question, prompt, listener));
            return ticket::cancel;
        } catch (RuntimeException e) {
            lease.close();
            throw refused(e);
        }
    }

    private record Prepared(GenerationConfig config, FittedPrompt prompt) {}

    /** Forms and tokens, which may take a while, are not made on the thread of a request. */
    private static Prepared prepared(Question question, ServedModel model) {
        return ComputePool.shared().run(question.owner(), () -> {}, () -> {
            var config = ChatSettings.read(Fields.of(question.settings(), "settings"), model, question.topLogprobs());
            return new Prepared(config, FittedPrompt.of(question, model, config));
        });
    }

    /** The request, with as many tokens of an answer as its reader may have. */
    private static TextRequest limited(TextRequest request, ServedModel model, Listener listener) {
        var most = model.engine().limit(request);
        var granted = listener.reserve(request.prompt().length, most, request.config().maxNewTokens() == 0);
        return granted < most ? request.withMaxNewTokens((int) granted) : request;
    }

    private static RuntimeException refused(RuntimeException cause) {
        return switch (cause) {
            case ModelException e -> Refused.of(400, "context_length_exceeded", e.getMessage());
            case TokenizerException e -> Refused.badRequest("messages", e.getMessage());
            case QueueFullException e -> Refused.of(429, "queue_full", e.getMessage());
            case IllegalArgumentException e -> Refused.badRequest("settings", e.getMessage());
            default -> cause;
        };
    }

    @Override
    public Attention attention(Question question, LongConsumer reads) {
        try (var lease = models.lease(question.model())) {
            var model = lease.model();
            var prompt = prepared(question, model).prompt();
            var ids = prompt.ids();
            var config = model.model().config();
            if ((long) config.numHiddenLayers() * config.numAttentionHeads() * ids.length > MOST_WEIGHTS) {
                throw Refused.badRequest("", "The text of " + ids.length + " tokens is too long for its attention to be shown.");
            }
            reads.accept(ids.length);
            var weights = model.engine().attention(question.owner(), ids);
            try {
                return new Attention(IntStream.of(ids).mapToObj(id -> EngineListener.text(model.tokenizer(), id)).toList(), ids.length - prompt.begun(),
                        weights.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            } finally {
                weights.cancel(true);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw Refused.of(503, "busy", "The model could not be looked into now; try again in a moment.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.of(503, "stopping", "The server is being stopped.");
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    @Override
    public String modelId(Optional<String> name) {
        return models.info(name.orElse(models.defaultId())).source().id();
    }

    @Override
    public Models models() {
        return new Models(models.all().stream().map(ModelAnswerer::described).toList(), models.defaultId());
    }

    private static Model described(ModelPool.Info info) {
        var source = info.source();
        var model = info.model();
        return new Model(source.id(), source.aliases(), info.state().name().toLowerCase(Locale.ROOT), model.map(ServedModel::contextLength).orElse(source.contextLength()),
                model.map(m -> m.tokenizer().chatTemplate().isPresent()).orElse(true), model.map(m -> DefaultSettings.of(m.defaults())).orElseGet(JsonNodeFactory.instance::objectNode),
                source.suggestions(), info.failure());
    }
}
