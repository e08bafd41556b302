package dev.parley.tokenizer;

import java.util.ArrayList;
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
        var parts = new ArrayList<Part>();
        var plain = 0;
        if (pattern.isPresent()) {
            var matcher = pattern.get().matcher(text);
            while (matcher.find()) {
                var token = tokens.stream().filter(t -> t.content().equals(matcher.group())).findFirst().orElseThrow();
                if (token.singleWord() && touchesWord(text, matcher.start(), matcher.end())) continue;
                var start = token.lstrip() ? stripLeft(text, matcher.start(), plain) : matcher.start();
                var end = token.rstrip() ? stripRight(text, matcher.end()) : matcher.end();
                if (start < plain) continue; // taken by the white space of the token before
                if (plain < start) parts.add(new Part(plain, start, Optional.empty()));
                parts.add(new Part(start, end, Optional.of(token)));
                plain = end;
            }
        }
        if (plain < text.length()) parts.add(new Part(plain, text.length(), Optional.empty()));
        return parts;
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
