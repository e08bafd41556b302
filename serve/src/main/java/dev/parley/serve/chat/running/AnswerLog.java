package dev.parley.serve.chat.running;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.history.StoredTokens;
import dev.parley.serve.chat.history.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An answer as far as it is known. One adds to it and never waits; readers say how much they have and get what follows, so
 * that a slow one costs no memory and gets more at a time.
 */
public final class AnswerLog {

    /**
     * What follows a position.
     *
     * @param text may be empty, as may the
     * @param tokens that came with it
     * @param to the position after it
     * @param turn what an assistant has done by now, if that is news
     * @param turns how often it was news until now
     * @param ended the message as it is kept, once a reader has all of it
     */
    public record Piece(String text, List<AnswerToken> tokens, Position to, Optional<ObjectNode> turn, int turns,
            Optional<ChatMessage> ended) {

        /** Whether there was nothing new. */
        public boolean isEmpty() {
            return text.isEmpty() && tokens.isEmpty() && turn.isEmpty() && ended.isEmpty();
        }
    }

    /**
     * What is not kept yet.
     *
     * @param from number of the first of these tokens
     * @param turn all that an assistant has done by now
     * @param turns how often that changed
     */
    record Unsaved(String text, int from, StoredTokens tokens, Optional<ObjectNode> turn, int turns) {

        int to() {
            return from + tokens.tokens().size();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final StringBuilder text = new StringBuilder();
    private final List<AnswerToken> tokens = new ArrayList<>();
    private final List<Integer> textEnds = new ArrayList<>();
    private int wanted = Integer.MAX_VALUE; // tokens at which the writer is to be woken
    private Optional<ObjectNode> turn; // of an assistant
    private int turns; // how often that changed
    private int agreed = Integer.MAX_VALUE; // characters up to which the text is what readers were told
    private boolean complete;
    private Optional<ChatMessage> ended = Optional.empty();

    private final ChatMessage message;
    private final int begun;
    private final long asked = System.nanoTime();
    private OptionalDouble firstToken = OptionalDouble.empty(); // seconds after it was asked for

    /**
     * @param message whose text this is
     * @param begun tokens that it begins with, which are added first
     */
    AnswerLog(ChatMessage message, int begun) {
        this.message = message;
        this.begun = begun;
        turn = message.answer().flatMap(Answer::turn);
        turns = turn.isPresent() ? 1 : 0;
    }

    /** An answer that has ended. */
    static AnswerLog of(ChatMessage message, StoredTokens kept) {
        var log = new AnswerLog(message, kept.tokens().size());
        log.text.append(message.text());
        log.tokens.addAll(kept.tokens());
        log.textEnds.addAll(kept.textEnds());
        log.ended = Optional.of(message);
        return log;
    }

    /** The message before anything of it had come. */
    public ChatMessage beginning() {
        var answer = message.answer().map(a -> Answer.begun(a.model(), a.system(), a.settings()));
        return new ChatMessage(message.id(), message.conversation(), message.parent(), message.role(), "", message.created(),
                Status.RUNNING, answer,
                message.rating(), message.comment());
    }

    /**
     * Adds what the engine has generated. It returns at once: other answers wait for it.
     *
     * @param more what is now certain of the text: whole characters, no part of a stop string; may be empty
     */
    void add(String more, List<AnswerToken> moreTokens) {
        var clean = Texts.clean(more);
        lock.lock();
        try {
            text.append(clean);
            for (var token : moreTokens) {
                tokens.add(token.clean());
                textEnds.add(text.length());
            }
            if (moreTokens.isEmpty() && !textEnds.isEmpty()) textEnds.set(textEnds.size() - 1, text.length());
            if (firstToken.isEmpty() && (tokens.size() > begun || tokens.isEmpty() && !clean.isEmpty()))
                firstToken = OptionalDouble.of((System.nanoTime() - asked) / 1e9);
            news.signalAll();
            if (tokens.size() >= wanted) work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells what an assistant has done by now. @param now all of it, which nobody changes any more */
    void tell(ObjectNode now) {
        lock.lock();
        try {
            turn = Optional.of(now);
            turns++;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What an assistant has done by now. */
    public Optional<ObjectNode> turn() {
        lock.lock();
        try {
            return turn;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The answer as it is to be read, which may be another than what had come: then readers that are beyond what both have in common get it
     * with the end.
     */
    void settle(String whole) {
        var clean = Texts.clean(whole);
        lock.lock();
        try {
            if (!clean.startsWith(text.toString())) agreed = commonLength(clean, text);
            text.setLength(0);
            text.append(clean);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static int commonLength(CharSequence a, CharSequence b) {
        var length = 0;
        while (length < a.length() && length < b.length() && a.charAt(length) == b.charAt(length)) length++;
        return length;
    }

    /** No more will be added. */
    void complete() {
        lock.lock();
        try {
            complete = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the readers that it has ended, and is kept so. */
    void end(ChatMessage message) {
        lock.lock();
        try {
            complete = true;
            ended = Optional.of(message);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From the question to the first token that was generated, if there is one. */
    OptionalDouble firstTokenSeconds() {
        lock.lock();
        try {
            return firstToken;
        } finally {
            lock.unlock();
        }
    }

    int tokenCount() {
        lock.lock();
        try {
            return tokens.size();
        } finally {
            lock.unlock();
        }
    }

    boolean isComplete() {
        lock.lock();
        try {
            return complete;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is complete, or many tokens more have come, or the time is over. @return what was not saved yet */
    Unsaved awaitWork(int saved, int many, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            wanted = saved + many;
            var left = patience.toNanos();
            while (!complete && tokens.size() < wanted && left > 0) left = work.awaitNanos(left);
            return new Unsaved(text.toString(), saved, new StoredTokens(List.copyOf(tokens.subList(saved, tokens.size())),
                    List.copyOf(textEnds.subList(saved, textEnds.size()))), turn, turns);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #next(Position, int, int, Duration)}, of text and tokens alone. */
    public Piece next(Position from, int most, Duration patience) throws InterruptedException {
        return next(from, Integer.MAX_VALUE, most, patience);
    }

    /**
     * What follows a position. Waits for it, but not for longer than the patience: then the piece is empty.
     *
     * @param seen how often the reader was told of the turn
     * @param most tokens at a time
     */
    public Piece next(Position from, int seen, int most, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            var left = patience.toNanos();
            while (ended.isEmpty() && tokens.size() <= from.tokens() && text.length() <= from.characters() && turns <= seen && left > 0)
                left = news.awaitNanos(left);
            return piece(from, seen, most);
        } finally {
            lock.unlock();
        }
    }

    private Piece piece(Position from, int seen, int most) {
        var first = Math.min(from.tokens(), tokens.size());
        var last = first + Math.min(most, tokens.size() - first);
        var begin = from.characters() > agreed ? text.length() : Math.min(from.characters(), text.length());
        var end = Math.max(begin, last == tokens.size() ? text.length() : textEnds.get(last - 1));
        var news = turns > seen ? turn : Optional.<ObjectNode>empty();
        var all = last == tokens.size() && last == first && begin == end && news.isEmpty();
        return new Piece(text.substring(begin, end), List.copyOf(tokens.subList(first, last)), new Position(last, end, false),
                news, turns, all ? ended : Optional.empty());
    }

    /** Whether a reader at a position has all that there will be, and knows it. */
    public boolean isOver(Position from) throws InterruptedException {
        return from.end() && next(new Position(from.tokens(), from.characters(), false), 1, Duration.ZERO).ended().isPresent();
    }

    /** Waits for its end. @return whether it has come */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            var left = patience.toNanos();
            while (ended.isEmpty() && left > 0) left = news.awaitNanos(left);
            return ended.isPresent();
        } finally {
            lock.unlock();
        }
    }
}
