package dev.parley.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds added tokens in text: from left to right, and the longest where several begin at one place. */
final class AddedTokens {

    private final Optional<Pattern> pattern;
    private final List<AddedToken> tokens;

    AddedTokens(Collection<AddedToken> tokens) {
        this.tokens = tokens.stream().filter(t -> !t.content().isEmpty()).sorted(Comparator.comparingInt(t -> -t.content().length())).toList();
        pattern = this.tokens.isEmpty() ? Optional.empty()
                : Optional.of(Pattern.compile(this.tokens.stream().map(t -> Pattern.quote(t.content())).collect(Collectors.joining("|"))));
    }

    /** A part of a text: an added token, or plain text. */
    record Part(int start, int end, Optional<AddedToken> token) {}

    List<Part> split(String text) {
        return split(text, new BitSet());
    }

    /** @param plain chars of which no token is made */
    List<Part> split(String text, BitSet plain) {
        var parts = new ArrayList<Part>();
        var done = 0;
        if (pattern.isPresent()) {
            var matcher = pattern.get().matcher(text);
            for (int from = 0; from <= text.length() && matcher.find(from); ) {
                var found = at(text, matcher.start(), plain);
                from = matcher.start() + found.map(t -> t.content().length()).orElse(1);
                if (found.isEmpty()) continue;
                var token = found.get();
                var start = token.lstrip() ? stripLeft(text, matcher.start(), done) : matcher.start();
                var end = token.rstrip() ? stripRight(text, from) : from;
                if (start < done) continue; // taken by the white space of the token before
                if (done < start) parts.add(new Part(done, start, Optional.empty()));
                parts.add(new Part(start, end, Optional.of(token)));
                done = end;
            }
        }
        if (done < text.length()) parts.add(new Part(done, text.length(), Optional.empty()));
        return parts;
    }

    /** The longest token that may be made at a place. */
    private Optional<AddedToken> at(String text, int start, BitSet plain) {
        for (var token : tokens) {
            var end = start + token.content().length();
            if (!text.startsWith(token.content(), start)) continue;
            var next = plain.nextSetBit(start);
            if (next >= 0 && next < end || token.singleWord() && touchesWord(text, start, end)) continue;
            return Optional.of(token);
        }
        return Optional.empty();
    }

    private static boolean touchesWord(String text, int start, int end) {
        return start > 0 && isWord(text.codePointBefore(start)) || end < text.length() && isWord(text.codePointAt(end));
    }

    private static boolean isWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || codePoint == '_';
    }

    private static int stripLeft(String text, int at, int least) {
        while (at > least && Character.isWhitespace(text.charAt(at - 1))) at--;
        return at;
    }

    private static int stripRight(String text, int at) {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        return at;
    }
}
