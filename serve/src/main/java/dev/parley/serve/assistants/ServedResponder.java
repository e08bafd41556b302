package dev.parley.serve.assistants;

import dev.parley.assist.turn.CallReading;
import dev.parley.assist.turn.Responder;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.TextRequest;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.answering.EngineCall;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelPool.Lease;
import dev.parley.serve.models.ServedModel;
import dev.parley.serve.work.ComputePool;
import dev.parley.tokenizer.FittedConversation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A served model for one turn of an assistant: its engine runs the turn beside all other requests, and the caller's tokens are counted.
 * The model is asked for only once the turn needs it, so that a guardrail answers while it is still being loaded.
 */
public final class ServedResponder implements Responder, AutoCloseable {

    private final ModelPool models;
    private final String name;
    private final Caller caller;
    private final ClientPresence client;
    private final Function<ServedModel, GenerationConfig> config;
    private Optional<Lease> lease = Optional.empty();
    private volatile boolean stopped;
    private Optional<Exchange> last = Optional.empty();
    private final AtomicInteger promptTokens = new AtomicInteger();
    private final AtomicInteger completionTokens = new AtomicInteger();

    /** What the model was given, and gave. */
    public record Exchange(int[] prompt, int[] answer) {}

    /**
     * @param name of the model
     * @param caller pays for the tokens
     * @param client whose leaving ends the turn
     */
    public ServedResponder(ModelPool models, String name, Caller caller, ClientPresence client) {
        this(models, name, caller, client, ServedResponder::asOtherChats);
    }

    /** The same with other settings than those of other chats. */
    public ServedResponder(ModelPool models, String name, Caller caller, ClientPresence client,
            Function<ServedModel, GenerationConfig> config) {
        this.models = models;
        this.name = name;
        this.caller = caller;
        this.client = client;
        this.config = config;
    }

    /** No beams, unless the assistant asks for them, and another seed each time. */
    private static GenerationConfig asOtherChats(ServedModel model) {
        return model.defaults().toBuilder().numBeams(1).penaltyAlpha(0).maxLength(0).seed(ThreadLocalRandom.current().nextLong()).build();
    }

    private ServedModel served() {
        if (lease.isEmpty()) lease = Optional.of(models.lease(Optional.of(name), caller.id()));
        return lease.get().model();
    }

    @Override
    public String model() {
        return name;
    }

    @Override
    public GenerationConfig recommended() {
        return config.apply(served());
    }

    @Override
    public boolean fits(Prompt prompt) {
        return fitted(prompt).hasRoom();
    }

    /** Templates and tokens may take a while, and are not made on the thread of a request. */
    private FittedConversation fitted(Prompt prompt) {
        var model = served();
        return ComputePool.shared().run(caller.id(), client::requireThere,
                () -> prompt.fitted(model.tokenizer(), model.requireChatTemplate(), model.contextLength()));
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onText) {
        return respond(prompt, thought -> {}, onText);
    }

    @Override
    public Reply respond(Prompt prompt, Consumer<String> onThought, Consumer<String> onText) {
        var model = served();
        var fitted = fitted(prompt);
        promptTokens.addAndGet(fitted.ids().length);
        var form = prompt.form(model.tokenizer(), model.requireChatTemplate(), fitted);
        var reading = new CallReading(form, onThought, onText);
        var config = form.config(prompt.config(), form.grammar(prompt.config().grammar()));
        var request = new TextRequest(fitted.ids(), config, caller.id(), false, Optional.empty());
        var answer = EngineCall.run(model, List.of(request), caller, client, (only, sequence, ids, logprobs, text) -> {
            if (stopped) throw new ClientGone();
            completionTokens.addAndGet(ids.length);
            if (prompt.config().numReturnSequences() == 1) reading.push(ids, text);
        }).getFirst();
        var only = answer.completions().size() == 1 ? Optional.of(answer.completions().getFirst().ids()) : Optional.<int[]>empty();
        last = only.map(ids -> new Exchange(fitted.ids(), ids));
        return reading.reply(answer.completions(), prompt.config(), fitted);
    }

    /** The last of the model's answers as tokens; empty before the first, and where it was chosen among several. */
    public Optional<Exchange> last() {
        return last;
    }

    /** Tokens that it has read by now, in all rounds. */
    public int promptTokens() {
        return promptTokens.get();
    }

    /** Tokens that it has made by now. */
    public int completionTokens() {
        return completionTokens.get();
    }

    /** Ends the turn as if its client had left. */
    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        lease.ifPresent(Lease::close);
    }
}
