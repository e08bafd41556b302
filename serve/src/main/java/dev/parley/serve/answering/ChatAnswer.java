package dev.parley.serve.answering;

import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.models.ServedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * The answer to a chat, the same whether a client takes it piece by piece or as a whole: a whole is the pieces together.
 *
 * @param choices one for each sequence that was asked for
 * @param untilFirst time from the beginning, with the wait for the engine, to the first token
 * @param whole time to the end
 */
public record ChatAnswer(List<Choice> choices, Usage usage, Duration untilFirst, Duration whole) {

    /** A piece of an answer. */
    public sealed interface Piece {

        /** More of what the model thinks before it answers. */
        record Thought(String text) implements Piece {}

        /** More text. */
        record Text(String text) implements Piece {}

        /**
         * A call of a function begins.
         *
         * @param index of it in its answer
         */
        record CallBegun(int index, String id, String name) implements Piece {}

        /** More of a call's arguments, as JSON. */
        record CallArguments(int index, String json) implements Piece {}
    }

    /**
     * A call of a function.
     *
     * @param arguments as JSON
     */
    public record Call(String id, String name, String arguments) {}

    /**
     * An answer in full.
     *
     * @param thoughts before it; empty where there are none
     * @param finishReason {@code stop}, {@code length} or {@code tool_calls}
     * @param stopString that ended it; empty where something else did
     * @param logprobs of its tokens, where they were asked for
     * @param ids all that the model wrote
     */
    public record Choice(String thoughts, String text, List<Call> calls, String finishReason, Optional<String> stopString,
            List<TokenLogprob> logprobs, int[] ids) {}

    /** Takes pieces as they come, on the thread that waits for the answer. */
    @FunctionalInterface
    public interface Reader {

        /** @param logprobs of the tokens that have come since the last time; the pieces' text may still wait for more */
        void onPieces(int choice, List<Piece> pieces, List<TokenLogprob> logprobs);

        /** Told now and then, whether pieces come or not, as long as the answer is not over. */
        default void onWait() {}
    }

    /**
     * Lets the model answer.
     *
     * @param caller whose request it is
     * @param reader is told of all pieces before this returns
     * @throws ClientGone if the client left
     * @throws dev.parley.serve.http.ApiError if the engine cannot take it
     */
    public static ChatAnswer run(ServedModel model, ChatPrompt prompt, Caller caller, ClientPresence client, Reader reader) {
        var began = System.nanoTime();
        var first = new AtomicLong(); // when the first token came
        var growing = IntStream.range(0, prompt.config().numReturnSequences()).mapToObj(i -> new GrowingChoice(prompt)).toList();
        var request = new TextRequest(prompt.ids(), prompt.config(), caller.id(), false, Optional.empty());
        var answer = EngineCall.run(model, List.of(request), caller, client, new EngineCall.Reader() {
            @Override
            public void onTokens(int only, int row, int[] ids, List<TokenLogprob> logprobs, String text) {
                first.compareAndSet(0, System.nanoTime());
                var pieces = growing.get(row).take(ids, text);
                if (!pieces.isEmpty() || !logprobs.isEmpty()) reader.onPieces(row, pieces, logprobs);
            }

            @Override
            public void onWait() {
                reader.onWait();
            }
        }).getFirst();
        var choices = new ArrayList<Choice>();
        for (int i = 0; i < answer.completions().size(); i++) { // beams may find fewer than n
            var completion = answer.completions().get(i);
            var pieces = growing.get(i).finish(completion.finishReason());
            if (!pieces.isEmpty()) reader.onPieces(i, pieces, List.of());
            choices.add(growing.get(i).choice(completion));
        }
        var thought = growing.stream().mapToInt(choice -> choice.reader.thoughtTokens()).sum();
        var ended = System.nanoTime();
        return new ChatAnswer(List.copyOf(choices), Usage.of(prompt.ids().length, answer).withReasoning(thought),
                Duration.ofNanos((first.get() == 0 ? ended : first.get()) - began), Duration.ofNanos(ended - began));
    }

    /** One choice while it grows. */
    private static final class GrowingChoice implements AnswerReader.Listener {

        private final ChatPrompt prompt;
        private final AnswerReader reader;
        private final StringBuilder thoughts = new StringBuilder();
        private final StringBuilder text = new StringBuilder();
        private final List<Piece.CallBegun> begun = new ArrayList<>();
        private final List<StringBuilder> arguments = new ArrayList<>();
        private List<Piece> pieces = new ArrayList<>();

        GrowingChoice(ChatPrompt prompt) {
            this.prompt = prompt;
            reader = new AnswerReader(prompt.form(), this);
        }

        List<Piece> take(int[] newIds, String more) {
            reader.push(newIds, more);
            return takePieces();
        }

        List<Piece> finish(FinishReason reason) {
            reader.finish(reason);
            return takePieces();
        }

        private List<Piece> takePieces() {
            var taken = pieces;
            pieces = new ArrayList<>();
            return taken;
        }

        Choice choice(Completion completion) {
            var all = new ArrayList<Call>();
            for (var call : begun) all.add(new Call(call.id(), call.name(), arguments.get(call.index()).toString()));
            var reason = completion.finishReason() == FinishReason.STOP && !all.isEmpty() ? "tool_calls"
                    : completion.finishReason().label();
            return new Choice(thoughts.toString(), text.toString(), List.copyOf(all), reason, completion.stopString(),
                    completion.logprobs(), completion.ids());
        }

        @Override
        public void onThought(String piece) {
            thoughts.append(piece);
            pieces.add(new Piece.Thought(piece));
        }

        @Override
        public void onText(String more) {
            text.append(more);
            pieces.add(new Piece.Text(more));
        }

        @Override
        public void onCall(int index, String name) {
            var call = new Piece.CallBegun(index, Ids.ofCall(prompt.form().format()), name);
            begun.add(call);
            arguments.add(new StringBuilder());
            pieces.add(call);
        }

        @Override
        public void onArguments(int index, String piece) {
            arguments.get(index).append(piece);
            pieces.add(new Piece.CallArguments(index, piece));
        }
    }
}
