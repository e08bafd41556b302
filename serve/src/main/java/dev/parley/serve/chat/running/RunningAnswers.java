package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Conversation;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.Answerer.OfModel;
import dev.parley.serve.chat.running.ChatEngine.Question;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.models.ModelPool;
import dev.parley.tokenizer.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** The answers that are being written, and how one is begun, gone on with and stopped. */
public final class RunningAnswers {

    /** Of one owner at once. */
    static final int MOST = 16;

    private static final Duration LAST_MOMENT = Duration.ofSeconds(15);

    private final ChatEngine engine;
    private final Answerers answerers;
    private final Messages messages;
    private final String server;
    private final Consumer<String> note;
    private final Map<String, RunningAnswer> all = new ConcurrentHashMap<>();
    private final RecentTurns turns = new RecentTurns();
    private volatile boolean closing;
    private volatile boolean closed;

    /**
     * @param server whose answers these are
     * @param note takes what the operator should know, in lines
     */
    public RunningAnswers(ChatEngine engine, Messages messages, String server, Consumer<String> note) {
        this(engine, (owner, conversation, model, begun) -> new OfModel(engine, engine.open(model, owner)), messages, server, note);
    }

    /** Who answers in a conversation. */
    @FunctionalInterface
    interface Answerers {

        /** @param begun whether the answer begins with tokens that are known */
        Answerer of(String owner, Conversation conversation, Optional<String> model, boolean begun);
    }

    /**
     * The same with assistants, and with what conversations answer from.
     *
     * @param models that answer for them
     * @param sources of a conversation of an owner
     */
    public RunningAnswers(ChatEngine engine, ServedAssistants assistants, ModelPool models,
            BiFunction<String, Conversation, ConversationSources> sources, Messages messages, String server, Consumer<String> note) {
        this(engine, (owner, conversation, model, begun) -> {
            var own = sources.apply(owner, conversation);
            return model.flatMap(assistants::find).<Answerer>map(assistant -> new OfAssistant(assistant, models, own))
                    .orElseGet(() -> begun ? new OfModel(engine, engine.open(model, owner))
                            : own.isEmpty() ? new OfModel(engine, engine.openTaught(model, owner))
                                    : new OfSources(engine.openTaught(model, owner), models, own));
        }, messages, server, note);
    }

    private RunningAnswers(ChatEngine engine, Answerers answerers, Messages messages, String server, Consumer<String> note) {
        this.engine = engine;
        this.answerers = answerers;
        this.messages = messages;
        this.server = server;
        this.note = note;
    }

    /**
     * Begins an answer to a message.
     *
     * @param model that is to answer; empty for the conversation's
     * @param settings instead of the conversation's, where they say something
     * @throws ApiError if it cannot be begun; nothing is kept then
     */
    public ChatMessage answer(Caller caller, String conversation, String parent, Optional<String> model, ObjectNode settings) {
        var path = messages.path(caller.id(), conversation, parent);
        if (path.last().role() != Role.USER) throw ApiError.badRequest("parent", "Only a user's message can be answered.");
        return begin(caller, path.conversation(), path.messages(), model.or(path.conversation()::model), settings, List.of());
    }

    /**
     * How another answer to the same message begins.
     *
     * @param answer that it starts like
     * @param tokens how many of its tokens are taken over
     * @param token that comes then: the one that came, or one of those that are kept beside it
     */
    public record Beginning(String answer, int tokens, int token) {}

    /**
     * Begins another answer to the same message, which starts as one does that is there, up to a token for which another is taken.
     *
     * @param model that is expected to answer, which can only be the one that did
     * @throws ApiError as above
     */
    public ChatMessage branch(Caller caller, String conversation, Beginning beginning, Optional<String> model, ObjectNode settings) {
        var path = messages.path(caller.id(), conversation, beginning.answer());
        var answer = answerOf(path.last());
        requireModel(answer);
        requireSame(caller, answer, model);
        if (path.before().isEmpty()) throw ApiError.badRequest("begin", "This answer has no question.");
        var known = requireTokens(caller.id(), path.last());
        if (beginning.tokens() >= known.size()) throw ApiError.badRequest("begin.tokens",
                "begin.tokens must be less than " + known.size() + ", the answer's number of tokens.");
        var begun = new ArrayList<>(known.subList(0, beginning.tokens()));
        begun.add(instead(known.get(beginning.tokens()), beginning.token()));
        return begin(caller, path.conversation(), path.before(), Optional.of(answer.model()), settings, begun);
    }

    /** Of a turn, the text alone is known: guardrails may have changed what the model said. */
    private static void requireModel(Answer answer) {
        if (answer.turn().isPresent())
            throw ApiError.badRequest("",
                    "An answer of an assistant, or with documents or tools, cannot be continued; ask for a new answer.");
    }

    /** An adapter's name may stand behind the model's. */
    private void requireSame(Caller caller, Answer answer, Optional<String> model) {
        var id = model.map(name -> engine.modelId(name, caller.id()));
        if (id.isPresent() && !answer.model().equals(id.get()) && !answer.model().startsWith(id.get() + ":")) {
            throw ApiError.badRequest("model",
                    "An answer of " + answer.model() + " can only be continued by that model: others have different tokens.");
        }
    }

    private List<AnswerToken> requireTokens(String owner, ChatMessage message) {
        var known = messages.tokens(owner, message.id()).tokens();
        if (known.isEmpty() && !message.text().isEmpty()) {
            throw ApiError.badRequest("", "This answer was imported, so its tokens are not known; ask for a new answer.");
        }
        return known;
    }

    private static AnswerToken instead(AnswerToken came, int token) {
        if (came.id() == token) return came;
        var other = came.top().stream().filter(t -> t.id() == token).findFirst()
                .orElseThrow(
                        () -> ApiError.badRequest("begin.token", "begin.token must be one of the alternatives stored for that position."));
        return new AnswerToken(other.id(), other.text(), other.logprob(), came.top());
    }

    private ChatMessage begin(Caller caller, Conversation conversation, List<ChatMessage> path, Optional<String> model, ObjectNode settings,
            List<AnswerToken> begun) {
        var answerer = answerers.of(caller.id(), conversation, model, !begun.isEmpty());
        var both = overlaid(conversation.settings(), settings);
        var own = answerer.isAssistant() ? Answer.begun(answerer.name(), "", both.retain(OfAssistant.FORM))
                : Answer.begun(answerer.name(), conversation.system(), both);
        var answer = !answerer.isTurn() ? own
                : own.withTurn(Optional.of(TurnLog.begun(answerer.isAssistant() ? answerer.name() : "")));
        var message = new ChatMessage(UUID.randomUUID().toString(), conversation.id(), Optional.of(path.getLast().id()), Role.ASSISTANT, "",
                System.currentTimeMillis(), Status.RUNNING, Optional.of(answer), 0, "");
        start(caller, answerer, message, message, path, begun, () -> messages.begin(caller.id(), message, server));
        return message;
    }

    /**
     * Goes on with an answer that had not come to its end.
     *
     * @throws ApiError 409 if it is still being written, and as above
     */
    public ChatMessage goOn(Caller caller, String conversation, String id, Optional<String> model, ObjectNode settings) {
        var path = messages.path(caller.id(), conversation, id);
        var before = path.last();
        var was = answerOf(before);
        requireModel(was);
        requireSame(caller, was, model);
        if (before.status() == Status.RUNNING) throw ApiError.of(409, "running", "This answer is already being generated.");
        if (was.finishReason().filter("stop"::equals).isPresent())
            throw ApiError.badRequest("continue", "This answer is complete; ask for a new one.");
        var begun = requireTokens(caller.id(), before);
        var answer = new Answer(was.model(), was.system(), overlaid(path.conversation().settings(), settings), Optional.empty(),
                was.usage(), Optional.empty(), Optional.empty());
        var message = before.with(before.text(), Status.RUNNING, answer);
        start(caller, new OfModel(engine, engine.open(Optional.of(was.model()), caller.id())), before, message, path.before(), begun,
                () -> messages.resume(caller.id(), before, server));
        return message;
    }

    private static Answer answerOf(ChatMessage message) {
        return message.answer().orElseThrow(() -> ApiError.badRequest("", "This message was not written by a model."));
    }

    private static ObjectNode overlaid(ObjectNode settings, ObjectNode over) {
        var both = settings.deepCopy();
        both.setAll(over);
        return both;
    }

    /** @param answerer has what it used given back when the answer ends @param before what remains if it cannot be begun */
    private void start(Caller caller, Answerer answerer, ChatMessage before, ChatMessage message, List<ChatMessage> path,
            List<AnswerToken> begun,
            Runnable keep) {
        var answer = new RunningAnswer(caller, message, begun.size());
        var isAsked = false;
        try {
            admit(answer, path);
            var cancel = answerer.begin(question(caller.id(), message, path, begun), answer);
            isAsked = true;
            answer.begin(cancel);
            keep.run();
        } catch (RuntimeException e) {
            if (!isAsked) answerer.close(); // else the engine does so when it has ended
            answer.stop();
            answer.giveBack();
            all.remove(message.id(), answer);
            answer.kept();
            answer.log().end(before); // whoever found it meanwhile waits no longer
            throw e;
        }
        var writer = new AnswerWriter(answer, messages, server, note, () -> {
            answer.answered().ifPresent(text -> turns.keep(message.id(), text));
            all.remove(message.id(), answer);
        }, () -> closed);
        Thread.ofVirtual().name("parley-answer-" + message.id()).start(writer);
    }

    /** Counts it among those that run. @throws ApiError if it may not run now */
    private void admit(RunningAnswer answer, List<ChatMessage> path) {
        if (path.stream().anyMatch(m -> m.status() == Status.RUNNING))
            throw ApiError.of(409, "running", "An earlier answer in this thread is still being generated; stop it first.");
        if (all.putIfAbsent(answer.message().id(), answer) != null)
            throw ApiError.of(409, "running", "This answer is already being generated.");
        if (closing) throw ApiError.of(503, "stopping", "The server is shutting down.");
        if (all.values().stream().filter(a -> a.owner().equals(answer.owner())).count() > MOST) {
            throw ApiError.of(429, "too_many_answers", MOST + " of your answers are being generated; wait for one to finish, or stop one.");
        }
    }

    private static Question question(String owner, ChatMessage message, List<ChatMessage> path, List<AnswerToken> begun) {
        var answer = message.answer().orElseThrow();
        var turns = new ArrayList<Message>();
        if (!answer.system().isEmpty()) turns.add(Message.system(answer.system()));
        for (var turn : path) turns.add(new Message(turn.role().label(), turn.text()));
        return new Question(turns, begun, answer.settings(), owner);
    }

    /**
     * Asks an answer to end where it is; one that has ended stays as it is.
     *
     * @throws ApiError 404 if this owner has no such message
     */
    public void stop(String owner, String id) {
        var answer = Optional.ofNullable(all.get(id)).filter(a -> a.owner().equals(owner));
        answer.ifPresentOrElse(RunningAnswer::stop, () -> messages.get(owner, id));
    }

    /** Stops the answers of a conversation. */
    public void stopAll(String conversation) {
        all.values().stream().filter(a -> a.message().conversation().equals(conversation)).forEach(RunningAnswer::stop);
    }

    /**
     * An answer, running or ended.
     *
     * @throws ApiError 404 if this owner has no such message, 400 if it is no answer
     */
    public AnswerLog log(String owner, String id) {
        var running = Optional.ofNullable(all.get(id)).filter(a -> a.owner().equals(owner));
        return running.map(RunningAnswer::log).orElseGet(() -> {
            var message = messages.get(owner, id);
            if (message.role() != Role.ASSISTANT) throw ApiError.badRequest("", "This message is not an answer.");
            return AnswerLog.of(message, messages.tokens(owner, id));
        });
    }

    /**
     * The tokens of an answer that are known by now.
     *
     * @throws ApiError as {@link #log} does
     */
    public List<AnswerToken> tokens(String owner, String id) throws InterruptedException {
        return log(owner, id).next(Position.START, Integer.MAX_VALUE, Duration.ZERO).tokens();
    }

    /**
     * An answer with what its model was given, to be explained.
     *
     * @throws ApiError as {@link #log} does, or if no model wrote it, or its tokens are not known
     */
    public AnsweredText answered(String owner, String id) throws InterruptedException {
        var path = messages.path(owner, id);
        var message = path.getLast();
        var model = answerOf(message).model();
        if (answerOf(message).turn().isPresent()) return turns.get(id);
        var known = tokens(owner, id);
        if (known.isEmpty()) throw ApiError.badRequest("", "The tokens of this answer are not known: it is empty, or was imported.");
        var question = question(owner, message, path.subList(0, path.size() - 1), known);
        return new AnsweredText(model, false, served -> engine.tokens(question, served));
    }

    /**
     * Marks answers as interrupted that no server writes any more.
     *
     * @return how many
     */
    public int interruptLeft() {
        return messages.interruptLeft(server, all::containsKey);
    }

    /** Takes no new answers, and lets those that are being written finish for a time; what then still runs is kept as interrupted. */
    public void finish(Duration grace) {
        closing = true;
        if (!awaitAll(grace)) {
            all.values().forEach(RunningAnswer::interrupt);
            if (!awaitAll(LAST_MOMENT))
                note.accept(all.size() + " answers could not be saved in full; they will be marked as interrupted at the next start.");
        }
        closed = true;
    }

    private boolean awaitAll(Duration patience) {
        var deadline = System.nanoTime() + patience.toNanos();
        try {
            for (var answer : List.copyOf(all.values())) {
                if (!answer.awaitKept(Duration.ofNanos(deadline - System.nanoTime()))) return false;
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
