package dev.parley.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Finds added tokens in text: from left to right, and the longest where several begin at one place. */
final class AddedTokens {

    /** A token and how it is written in the text that is searched. */
    private record Written(String text, AddedToken token) {}

    private final Map<Character, List<Written>> byFirst = new HashMap<>(); // the longest first
    private final BitSet firsts = new BitSet();

    /** @param inText how a token is written in the text that will be searched */
    AddedTokens(Collection<AddedToken> tokens, UnaryOperator<String> inText) {
        for (var token : tokens) {
            var text = inText.apply(token.content());
            if (text.isEmpty()) continue;
            byFirst.computeIfAbsent(text.charAt(0), _ -> new ArrayList<>()).add(new Written(text, token));
            firsts.set(text.charAt(0));
        }
        byFirst.values().forEach(list -> list.sort(Comparator.comparingInt(w -> -w.text.length())));
    }

    /** A part of a text: an added token, or plain text. */
    record Part(int start, int end, Optional<AddedToken> token) {}

    boolean isEmpty() {
        return byFirst.isEmpty();
    }

    List<Part> split(String text) {
        return split(text, new BitSet());
    }

    /**
     * @param plain chars of which no token is made
     * @return parts in order; white space that one token takes can also be a token of its own
     */
    List<Part> split(String text, BitSet plain) {
        if (text.isEmpty()) return List.of();
        var parts = new ArrayList<Part>();
        var done = 0;
        for (int at = 0; at < text.length();) {
            var found = firsts.get(text.charAt(at)) ? at(text, at, plain) : Optional.<Written>empty();
            if (found.isEmpty()) {
                at++;
                continue;
            }
            var token = found.get().token;
            var end = at + found.get().text.length();
            if (!token.singleWord() || !touchesWord(text, at, end)) {
                var start = token.lstrip() ? Math.max(stripLeft(text, at), done) : at;
                var stop = token.rstrip() ? stripRight(text, end) : end;
                if (done < start) parts.add(new Part(done, start, Optional.empty()));
                parts.add(new Part(start, stop, Optional.of(token)));
                done = stop;
            }
            at = end;
        }
        if (done < text.length()) parts.add(new Part(done, text.length(), Optional.empty()));
        return parts;
    }

    /** The longest token that may be made at a place. */
    private Optional<Written> at(String text, int start, BitSet plain) {
        for (var written : byFirst.get(text.charAt(start))) {
            if (text.startsWith(written.text, start) && !holdsPlain(plain, start, start + written.text.length()))
                return Optional.of(written);
        }
        return Optional.empty();
    }

    /** Looks at these chars alone: the next plain one may be at the other end of a long text. */
    private static boolean holdsPlain(BitSet plain, int start, int end) {
        for (int i = start; i < end; i++) {
            if (plain.get(i)) return true;
        }
        return false;
    }

    private static boolean touchesWord(String text, int start, int end) {
        return start > 0 && CharacterClass.isWord(text.codePointBefore(start))
                || end < text.length() && CharacterClass.isWord(text.codePointAt(end));
    }

    private static int stripLeft(String text, int at) {
        while (at > 0 && CharacterClass.of(text.charAt(at - 1)) == CharacterClass.SPACE) at--;
        return at;
    }

    private static int stripRight(String text, int at) {
        while (at < text.length() && CharacterClass.of(text.charAt(at)) == CharacterClass.SPACE) at++;
        return at;
    }
}
