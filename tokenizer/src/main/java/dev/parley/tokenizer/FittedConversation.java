package dev.parley.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A conversation as the tokens that a model reads, for which there is room in its context beside an answer. Where it has grown too
 * long, its oldest turns are left out, as many as need be; the instruction and the last turn stay.
 *
 * <pre>{@code
 * var fitted = FittedConversation.of(tokenizer, template, messages, contextLength, maxNewTokens);
 * }</pre>
 *
 * @param ids of the conversation
 * @param forgottenTurns that were left out
 * @param hasRoom whether an answer has the room that it should have; without it, the last turn alone is too long
 */
public record FittedConversation(int[] ids, int forgottenTurns, boolean hasRoom) {

    private static final int LEAST_ROOM = 16;

    /**
     * The same conversation and lengths give the same tokens.
     *
     * @param context tokens of the conversation and its answer at most
     * @param wanted tokens of the answer at most; 0 for as many as there is room for
     * @throws TokenizerException if the template does not take the conversation
     */
    public static FittedConversation of(Tokenizer tokenizer, ChatTemplate template, List<Message> messages, int context, int wanted) {
        return of(messages, Message::role, turns -> template.encode(tokenizer, turns, true).ids(), context, wanted);
    }

    /**
     * The same of turns of any shape, such as those that call tools.
     *
     * @param role of a turn
     * @param encode makes tokens of turns
     */
    public static <T> FittedConversation of(List<T> messages, Function<T, String> role, Function<List<T>, int[]> encode, int context,
            int wanted) {
        var most = context - room(context, wanted);
        var instruction = !messages.isEmpty() && role.apply(messages.getFirst()).equals("system") ? 1 : 0;
        var places = beginnings(messages, role, instruction);
        var from = places.getFirst();
        var ids = encoded(messages, encode, instruction, from); // of most conversations that is all
        if (ids.length > most) {
            int low = Math.min(1, places.size() - 1), high = places.size() - 1; // the first place from which on it fits, or the last turn
            while (low < high) {
                var middle = (low + high) / 2;
                if (encoded(messages, encode, instruction, places.get(middle)).length <= most) high = middle;
                else low = middle + 1;
            }
            from = places.get(low);
            ids = encoded(messages, encode, instruction, from);
        }
        return new FittedConversation(ids, from - places.getFirst(), ids.length <= most);
    }

    /** A quarter of the context at most, and no more than is asked for. */
    private static int room(int context, int wanted) {
        return Math.max(LEAST_ROOM, Math.min(context / 4, wanted > 0 ? wanted : context));
    }

    /** Where the conversation could begin: at its first turn, or at what a user says later, since templates want a user first. */
    private static <T> List<Integer> beginnings(List<T> messages, Function<T, String> role, int first) {
        var places = new ArrayList<>(List.of(first));
        for (int i = first + 1; i < messages.size(); i++) {
            if (role.apply(messages.get(i)).equals("user")) places.add(i);
        }
        return places;
    }

    private static <T> int[] encoded(List<T> messages, Function<List<T>, int[]> encode, int instruction, int from) {
        var turns = new ArrayList<>(messages.subList(from, messages.size()));
        turns.addAll(0, messages.subList(0, Math.min(instruction, from)));
        return encode.apply(turns);
    }
}
