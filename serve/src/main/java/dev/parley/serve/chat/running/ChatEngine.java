package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.QueueFullException;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.model.ModelException;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.AnswerToken.Alternative;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelPool.Lease;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.sampling.SamplingFields;
import dev.parley.serve.work.ComputePool;
import dev.parley.tokenizer.FittedConversation;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The web chat's way to the models. A question goes to the engine of its model with the settings of the API, so that both give the
 * same answer; what the engine generates goes into the {@link AnswerLog} of the running answer.
 */
public class ChatEngine {

    private static final int ALTERNATIVES = 5; // that are logged with each token

    private final ModelPool models;

    /** @param models that can be asked */
    public ChatEngine(ModelPool models) {
        this.models = models;
    }

    /**
     * A conversation that wants an answer.
     *
     * @param messages from the oldest to the one to answer; a system prompt is the first
     * @param begun tokens that the answer begins with already: they are logged first, and it goes on after them
     * @param settings of sampling by the names of OpenAI's API ({@code temperature}, {@code top_p}, {@code max_tokens}, {@code seed}…)
     * @param owner whose it is: users with many requests wait for those with few
     */
    record Question(List<Message> messages, List<AnswerToken> begun, ObjectNode settings, String owner) {}

    /**
     * How an answer ended.
     *
     * @param finishReason {@code stop}, {@code length} or {@code cancelled}
     * @param completionTokens all of them, those that it began with included
     * @param seconds from the question to the end
     * @param forgottenTurns of the conversation, its oldest, that the model's context had no room for
     */
    record Ended(String finishReason, int promptTokens, int completionTokens, double seconds, int forgottenTurns) {}

    /**
     * A model for an answer.
     *
     * @param name or alias; empty for the default
     * @param owner whose answer it is
     * @throws ApiError as {@link ModelPool#lease} does
     */
    Lease open(Optional<String> name, String owner) {
        return models.lease(name, owner);
    }

    /** The same for a new answer: with the lesson that is in use for its owner, if there is one. */
    Lease openTaught(Optional<String> name, String owner) {
        return open(Optional.of(models.taught(name, owner)), owner);
    }
    /**
     * Begins an answer, which {@code to} is told of by the engine's thread.
     *
     * @param lease of the model, which is given back when the answer ends
     * @return cancels it; its end tells when that is done
     * @throws ApiError where it cannot be begun, with the status and the sentence to show
     */
    Runnable answer(Lease lease, Question question, RunningAnswer to) {
        try {
            var model = lease.model();
            var prompt = prepared(question, model);
            var request = limited(
                    new TextRequest(prompt.ids(), prompt.config(), question.owner(), false, Optional.empty(), prompt.begun()), model, to);
            var ticket = model.submit(request, new Listener(lease, question, prompt, to));
            return ticket::cancel;
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /**
     * What the model is given.
     *
     * @param ids of the conversation, as far as it fits the context, and of what the answer begins with
     * @param begun how many of them the answer begins with
     * @param forgottenTurns that were left out
     */
    private record Prompt(int[] ids, int begun, int forgottenTurns, GenerationConfig config, AnswerForm form) {}

    /**
     * The same conversation and settings give the same tokens, whatever the answer begins with. Grammars and tokens, which may take a
     * while, are not made on the thread of a request.
     */
    private static Prompt prepared(Question question, ServedModel model) {
        return ComputePool.shared().run(question.owner(), () -> {}, () -> {
            var config = SamplingFields.ofAnswer(JsonFields.of(question.settings(), "settings"), model, ALTERNATIVES);
            var begun = question.begun().stream().mapToInt(AnswerToken::id).toArray();
            if (IntStream.of(begun).anyMatch(id -> id < 0 || id >= model.tokenizer().vocabSize())) {
                throw ApiError.badRequest("model", "The answer was started by a different model than " + model.id() + " is now.");
            }
            var template = model.requireChatTemplate();
            var messages = question.messages().stream().map(ChatEngine::withoutThoughts).toList();
            var fitted = FittedConversation.of(model.tokenizer(), template, messages, model.contextLength(), config.maxNewTokens());
            var form = AnswerForm.of(model.tokenizer(), template, fitted.ids(), Optional.empty());
            var ids = IntStream.concat(IntStream.of(fitted.ids()), IntStream.of(begun)).toArray();
            return new Prompt(ids, begun.length, fitted.forgottenTurns(),
                    form.config(config, form.grammar(config.grammar())), form);
        });
    }

    /** Models are not shown what was thought before earlier answers, and know no other's marks. */
    private static Message withoutThoughts(Message message) {
        return message.role().equals("assistant") ? Message.assistant(MarkedThoughts.without(message.content())) : message;
    }

    /** The request, with as many tokens of an answer, or of each of its beams, as its owner may have. */
    private static TextRequest limited(TextRequest request, ServedModel model, RunningAnswer to) {
        var most = model.engine().limit(request);
        var beams = request.config().numBeams();
        var granted = to.reserve(request.prompt().length, (long) beams * most, request.config().maxNewTokens() == 0) / beams;
        return granted < most ? request.withMaxNewTokens((int) Math.max(1, granted)) : request;
    }

    private static RuntimeException refused(RuntimeException cause) {
        return switch (cause) {
            case ModelException e -> ApiError.of(400, "context_length_exceeded", e.getMessage());
            case TokenizerException e -> ApiError.badRequest("messages", e.getMessage());
            case QueueFullException e -> ApiError.of(429, "queue_full", e.getMessage());
            case IllegalArgumentException e -> ApiError.badRequest("settings", e.getMessage());
            default -> cause;
        };
    }

    /** Logs what the engine generates, with the text of each token. The model stays in memory until the end. */
    private static final class Listener implements InferenceEngine.Listener {

        private final Lease lease;
        private final Tokenizer tokenizer;
        private final Prompt prompt;
        private final RunningAnswer to;
        private final MarkedThoughts answer;
        private final long asked = System.nanoTime();
        private int logged; // characters of the beginning, which the engine tells again

        Listener(Lease lease, Question question, Prompt prompt, RunningAnswer to) {
            this.lease = lease;
            this.prompt = prompt;
            this.to = to;
            tokenizer = lease.model().tokenizer();
            answer = new MarkedThoughts(prompt.form());
            var decoder = tokenizer.streamDecoder(Set.copyOf(prompt.form().shownTokens()));
            for (var token : question.begun()) {
                var text = decoder.push(token.id());
                logged += text.length();
                to.log().add(answer.push(new int[] {token.id()}, text), List.of(token));
            }
        }

        @Override
        public void onTokens(int row, int[] ids, List<TokenLogprob> logprobs, String text) {
            var known = Math.min(logged, text.length());
            logged -= known;
            var tokens = logprobs.isEmpty() ? IntStream.of(ids).mapToObj(id -> new AnswerToken(id, text(tokenizer, id))).toList()
                    : logprobs.stream().map(this::token).toList();
            to.log().add(answer.push(ids, text.substring(known)), tokens);
        }

        private AnswerToken token(TokenLogprob told) {
            var top = told.top().stream().map(t -> new Alternative(t.id(), text(tokenizer, t.id()), t.logprob())).toList();
            return new AnswerToken(told.id(), text(tokenizer, told.id()), told.logprob(), top);
        }

        @Override
        public void onEnd(InferenceEngine.Answer given) {
            lease.close();
            var completion = given.completions().getFirst();
            var rest = answer.finish(completion.finishReason());
            if (!rest.isEmpty()) to.log().add(rest, List.of());
            to.end(new Ended(completion.finishReason().label(), prompt.ids().length - prompt.begun(),
                    prompt.begun() + completion.ids().length,
                    (System.nanoTime() - asked) / 1e9, prompt.forgottenTurns()));
        }

        @Override
        public void onFailure(RuntimeException failure) {
            lease.close();
            to.fail("The model could not continue: " + failure.getMessage());
        }
    }

    /** The text of a token alone; the name of one that has none. */
    private static String text(Tokenizer tokenizer, int id) {
        if (id >= tokenizer.vocabSize()) return "";
        var bytes = tokenizer.textBytes(id, false);
        return bytes.length == 0 ? tokenizer.token(id) : new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * What a model was given, and gave.
     *
     * @param answered with the answer as what is begun
     * @throws ApiError where the conversation is none for this model
     */
    AnsweredText.Tokens tokens(Question answered, ServedModel model) {
        try {
            var prompt = prepared(answered, model);
            var from = prompt.ids().length - prompt.begun();
            return new AnsweredText.Tokens(Arrays.copyOf(prompt.ids(), from), Arrays.copyOfRange(prompt.ids(), from, prompt.ids().length));
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /** The identifier of the model that a name means to somebody. @throws ApiError 404 if none is served by it */
    String modelId(String name, String owner) {
        return models.info(name, owner).source().id();
    }
}
