package dev.parley.generate.engine;

import dev.parley.generate.strategy.Branch;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.strategy.GeneratedText;
import dev.parley.generate.strategy.Strategy;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Output;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** What takes one place in the engine: a sequence of a request, or the sequences that compete there. Its strategy says how it goes on. */
final class Sequence {

    private final Request request;
    private final int number;
    private final Strategy strategy;
    private final List<Telling> tellings; // one for each text
    private final List<Branch> fed = new ArrayList<>(); // in this turn
    private final List<Feed> feeds = new ArrayList<>();
    private int fresh; // tokens of this turn
    private Optional<RuntimeException> failure = Optional.empty();
    private int made; // tokens
    private boolean begun;
    private long lastToken;
    private long lastStep; // nanoseconds from the token before to the last one
    private long lastTold;

    /** How much the listener knows of a text. */
    private static final class Telling {

        private int tokens;
        private int characters;
    }

    /** @param number of its first text among those of the request */
    Sequence(Request request, int number, Strategy strategy) {
        this.request = request;
        this.number = number;
        this.strategy = strategy;
        tellings = strategy.texts().stream().map(text -> new Telling()).toList();
    }

    Request request() {
        return request;
    }

    String owner() {
        return request.asked().owner();
    }

    Strategy strategy() {
        return strategy;
    }

    List<Branch> branches() {
        return strategy.branches();
    }

    boolean running() {
        return strategy.running();
    }

    /** Places that it takes. */
    int width() {
        return Strategy.width(request.asked().config());
    }

    boolean hasCache() {
        return branches().stream().anyMatch(Branch::isOpen);
    }

    /** Begins to read. @return whether it is the first time, for the first sequence of the request */
    boolean begin(SequenceCache first) {
        if (number > 0 || begun) return false;
        begun = true;
        request.begins(first.length());
        return true;
    }

    /** Gives its memory back; what was in it is read again when it goes on. */
    void letGo() {
        if (asksForPrompt() && running()) request.forgetPrompt(); // its probabilities are found out again
        strategy.release();
    }

    /** Whether all that its strategy wants to know for the next tokens is read, but for the last tokens. */
    boolean isDecoding() {
        for (var branch : branches()) {
            if (!branch.isOpen() || branch.pending() > strategy.lastTokens()) return false;
        }
        return true;
    }

    /**
     * Whether it is known which tokens its grammar allows next, or that this cannot be known; if not, some thread is asked to find it out.
     */
    boolean isReady(Executor executor) {
        try {
            return !running() || strategy.isReady(executor);
        } catch (RuntimeException | StackOverflowError e) {
            return true; // choosing the next token fails in the same way, and tells whom it concerns
        }
    }

    /** Whether its prompt is to be read from its first token on, for the probabilities of each. */
    boolean asksForPrompt() {
        return number == 0 && made == 0 && request.asked().promptLogprobs() && !request.knowsPrompt();
    }

    /** Whether it may begin with what is known of other sequences. */
    boolean mayShare() {
        return !asksForPrompt() && strategy.mayShare();
    }

    /** The first sequence reads the prompt; the others begin with what it has read. */
    boolean mayBegin() {
        return number == 0 || request.sequences().getFirst().made > 0 || !request.sequences().getFirst().running();
    }

    // ---- a turn ----

    /**
     * Brings the branches up to date.
     *
     * @param ready whether it is known how they may go on
     * @return whether that went well: a fault is this sequence's alone
     */
    boolean beginTurn(boolean ready, int draftRoom) {
        fed.clear();
        feeds.clear();
        fresh = 0;
        failure = Optional.empty();
        try {
            if (ready) strategy.prepare(draftRoom);
        } catch (RuntimeException | Error e) { // by its grammar for one
            fail(e);
        }
        return failure.isEmpty();
    }

    /** Has the next tokens of a branch read in this turn. */
    void feed(Branch branch, int count, Scored scored) {
        fed.add(branch);
        feeds.add(new Feed(branch.cache(), branch.next(count), scored, strategy.readsStates()));
    }

    List<Feed> feeds() {
        return feeds;
    }

    /** Whether there is anything to do with it in this turn. */
    boolean takesPart() {
        return !feeds.isEmpty() || failure.isPresent();
    }

    /** Of memory, for what is fed. */
    int blocks() {
        var blocks = 0;
        for (var feed : feeds) blocks += PrefixCache.blocksFor(feed.sequence(), feed.ids().length);
        return blocks;
    }

    /** Takes what came of its feeds, and chooses what follows when all is read. */
    void take(List<Output> outputs) {
        if (failure.isPresent()) return;
        try {
            if (asksForPrompt() || strategy.readsStates()) read(outputs);
            if (isRead()) choose(outputs);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void read(List<Output> outputs) {
        for (int i = 0; i < feeds.size(); i++) {
            var from = fed.get(i).cache().length() - feeds.get(i).ids().length;
            if (asksForPrompt()) request.rememberPrompt(from, outputs.get(i).scores());
            strategy.read(fed.get(i), from, outputs.get(i).states());
        }
    }

    private boolean isRead() {
        for (var branch : branches()) {
            if (!branch.isOpen() || branch.pending() > 0) return false;
        }
        return true;
    }

    private void choose(List<Output> outputs) {
        if (request.limit() == 0) {
            strategy.end(FinishReason.LENGTH);
            return;
        }
        fresh = strategy.choose(outputs);
        made += fresh;
    }

    private void fail(Throwable cause) {
        failure = Optional.of(switch (cause) {
            case RuntimeException e -> e;
            case StackOverflowError e -> new IllegalStateException("The grammar nests too deeply.", e); // a grammar's
            default -> new IllegalStateException("Generation failed: " + cause, cause);
        });
    }

    /** New tokens of this turn. */
    int fresh() {
        return fresh;
    }

    /** Why it cannot go on, if it cannot. */
    Optional<RuntimeException> failure() {
        return failure;
    }

    // ---- what is told ----

    /** Whether its first token has just come. */
    boolean hasJustBegun() {
        return made == 1;
    }

    /** Counts the tokens that have just come, and their time. */
    void count(EngineCounts counts) {
        counts.completionTokens(fresh);
        var now = System.nanoTime();
        lastStep = (now - lastToken) / fresh;
        var isFirst = made == fresh;
        if (request.firstTokenCame(now)) counts.firstToken(now - request.arrived());
        for (int i = isFirst ? 1 : 0; i < fresh; i++) counts.nextToken(lastStep);
        lastToken = now;
    }

    /** Tells the listener what has come, unless there is time for that after the next token: the first is told at once, as is the last. */
    void tellInTime() {
        if (lastTold == 0 || !running() || lastToken + lastStep - lastTold > request.betweenTellings()) tell();
    }

    /** Tells the listener what has come since the last time. */
    void tell() {
        lastTold = System.nanoTime();
        var texts = strategy.texts();
        for (int i = 0; i < texts.size(); i++) tell(number + i, texts.get(i), tellings.get(i));
    }

    private void tell(int row, GeneratedText text, Telling telling) {
        var ids = text.newIds(telling.tokens);
        var certain = text.newText(telling.characters);
        if (ids.length == 0 && certain.isEmpty()) return;
        var logprobs = text.newLogprobs(telling.tokens);
        telling.tokens += ids.length;
        telling.characters += certain.length();
        request.listener().onTokens(row, ids, logprobs, certain);
    }
}
