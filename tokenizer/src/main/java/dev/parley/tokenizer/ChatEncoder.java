package dev.parley.tokenizer;

import dev.parley.jinja.Rendering;
import dev.parley.jinja.Rendering.Speaker;
import dev.parley.tokenizer.ChatTemplate.Span;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A rendered conversation as tokens. Special tokens come of the template's own words alone. */
final class ChatEncoder {

    private final Tokenizer tokenizer;
    private final Rendering whole;

    ChatEncoder(Tokenizer tokenizer, Rendering whole) {
        this.tokenizer = tokenizer;
        this.whole = whole;
    }

    /** A part of the text as tokens. */
    Encoding encoding(int start, int end) {
        var given = new BitSet(end - start);
        for (var part : whole.parts()) {
            int from = Math.max(part.start(), start), to = Math.min(part.end(), end);
            if (part.speaker() != Speaker.TEMPLATE && from < to) given.set(from - start, to - start);
        }
        return tokenizer.encodeWithOffsets(whole.text().substring(start, end), given);
    }

    /** All of the text as tokens. */
    EncodedChat encode(List<Span> answers) {
        var encoding = encoding(0, whole.text().length());
        var chat = new EncodedChat(encoding.ids(), answers(encoding, 0, answers), speakers(encoding, 0));
        if (!answers.isEmpty()) endTurns(chat, encoding);
        return chat;
    }

    /**
     * A prompt's tokens and behind them those of the answers, as a model makes them: up to the token that ends the last.
     *
     * @param prompt tokens that the text begins with
     * @param answers those behind the prompt
     */
    EncodedChat encodeAfter(int[] prompt, List<Span> answers) {
        var alike = encode(answers);
        if (alike.ids().length >= prompt.length && Arrays.equals(prompt, 0, prompt.length, alike.ids(), 0, prompt.length)) {
            return alike.first(Math.max(prompt.length, alike.lengthToLastAnswer()));
        }
        int start = answers.getFirst().start(), end = answers.getLast().end();
        var rest = encoding(start, end);
        var joined = new EncodedChat(joined(prompt, rest.ids()), joined(none(prompt.length), answers(rest, start, answers)),
                joined(none(prompt.length), speakers(rest, start)));
        return joined.first(Math.max(prompt.length, joined.lengthToLastAnswer()));
    }

    private static int[] none(int length) {
        var none = new int[length];
        Arrays.fill(none, -1);
        return none;
    }

    private static int[] joined(int[] first, int[] second) {
        var joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static int[] answers(Encoding encoding, int offset, List<Span> spans) {
        var answers = none(encoding.ids().length);
        var token = 0;
        for (var span : spans) {
            while (token < answers.length && encoding.starts()[token] + offset < span.start()) token++;
            for (; token < answers.length && encoding.starts()[token] + offset < span.end(); token++) answers[token] = span.message();
        }
        return answers;
    }

    private int[] speakers(Encoding encoding, int offset) {
        var speakers = none(encoding.ids().length);
        var token = 0;
        for (var part : whole.parts()) {
            for (; token < speakers.length && encoding.starts()[token] + offset < part.end(); token++) {
                if (part.speaker() == Speaker.MESSAGE && encoding.starts()[token] + offset >= part.start())
                    speakers[token] = part.message();
            }
        }
        return speakers;
    }

    /**
     * Counts the token that ends a turn among the answer's where the template's generation block ends before it: a model that never
     * learns it never stops. It is a special token directly behind the answer: the tokenizer's end token, or the one that the whole
     * conversation ends with.
     */
    private void endTurns(EncodedChat chat, Encoding encoding) {
        var special = specialIds();
        var last = chat.ids().length - 1;
        while (last > 0 && isBlank(encoding, last)) last--;
        var ends = new HashSet<Integer>();
        tokenizer.eosTokenId().ifPresent(ends::add);
        if (last >= 0 && special.contains(chat.ids()[last])) ends.add(chat.ids()[last]);
        for (int i = 1; i < chat.ids().length; i++) {
            if (chat.answers()[i] >= 0 || !ends.contains(chat.ids()[i])) continue;
            var before = i - 1;
            while (before > 0 && chat.answers()[before] < 0 && isBlank(encoding, before)) before--;
            if (chat.answers()[before] < 0 || special.contains(chat.ids()[before])) continue;
            Arrays.fill(chat.answers(), before + 1, i + 1, chat.answers()[before]);
        }
    }

    private Set<Integer> specialIds() {
        return tokenizer.tokensWithoutText().map(AddedToken::id).collect(Collectors.toSet());
    }

    private boolean isBlank(Encoding encoding, int token) {
        return whole.text().substring(encoding.starts()[token], encoding.ends()[token]).isBlank();
    }
}
