package dev.parley.train.lesson;

import dev.parley.data.Paraphrases;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.data.chat.RatedAnswer;
import dev.parley.generate.strategy.Completion;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.train.lesson.LessonExample.Compared;
import dev.parley.train.lesson.LessonExample.Judged;
import dev.parley.train.lesson.LessonExample.Kept;
import dev.parley.train.lesson.LessonExample.Wanted;
import dev.parley.train.lesson.LessonPlan.Answered;
import dev.parley.train.objective.Thumb;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A lesson in tokens.
 *
 * @param length tokens of a row at most; what is longer is left out
 */
record LessonRows(PreferenceRows chats, int length) {

    private static final String QUESTIONS = "questions.txt";
    private static final double ALIKE = 0.7;

    static LessonRows of(Tokenizer tokenizer, int length) {
        var template = tokenizer.chatTemplate().orElseThrow(() -> new IllegalArgumentException(
                "The model has no chat template, so that it does not know turns: fine-tune it on chats first."));
        return new LessonRows(new PreferenceRows(ChatRows.of(tokenizer, template, length)), length);
    }

    /** @param own answers of the model itself; at least one where there are thumbs */
    List<LessonExample> examples(LessonPlan plan, List<Completion> own) {
        var kept = own.stream().filter(answer -> answer.ids().length > 0).map(Answering::row).filter(row -> row.length() <= length)
                .toList();
        var examples = new ArrayList<LessonExample>();
        for (var wanted : plan.wanted()) fitting(wanted).forEach(row -> examples.add(new Wanted(row)));
        for (var row : kept) examples.add(new Kept(row));
        for (var pair : plan.compared()) chats.pair(pair).ifPresent(rows -> examples.add(new Compared(rows)));
        thumbs(plan.judged(), kept).forEach(thumb -> examples.add(new Judged(thumb)));
        return examples;
    }

    private Stream<TrainingRow> fitting(Answered answered) {
        return Stream.of(chats.whole(answered.prompt(), answered.answer())).filter(row -> row.length() <= length);
    }

    /** KTO compares with answers to other prompts: one of the model's own is there even where all thumbs are for one. */
    private List<Thumb> thumbs(List<RatedAnswer> judged, List<TrainingRow> kept) {
        var rows = new ArrayList<TrainingRow>();
        var good = new ArrayList<Boolean>();
        for (var rated : judged) {
            chats.rated(rated).ifPresent(row -> {
                rows.add(row);
                good.add(rated.good());
            });
        }
        if (rows.isEmpty() || kept.isEmpty()) return List.of();
        var count = rows.size();
        rows.add(kept.getFirst());
        good.add(true);
        return Thumb.of(rows, good, length).subList(0, count);
    }

    /**
     * Prompts whose answers are to stay: other questions of the chat first, then a fixed set; some asked in a lesson's other ways. What is
     * much like a question that the lesson is about is none of them: its answer is to change.
     */
    List<int[]> ownPrompts(LessonPlan plan, List<Chat> others, LessonSettings settings) {
        var taught = plan.questions().map(LessonRows::words).toList();
        var fixed = LessonTexts.lines(QUESTIONS).stream().map(question -> Chat.of(List.of(Message.user(question)))).toList();
        int count = settings.ownAnswers();
        var seed = settings.seed();
        var random = new SplittableRandom(seed);
        var shuffled = new ArrayList<>(fixed);
        for (int i = shuffled.size() - 1; i > 0; i--) shuffled.set(i, shuffled.set(random.nextInt(i + 1), shuffled.get(i)));
        var chosen = Stream.concat(others.stream().filter(asked -> isOther(asked, taught)).limit(count / 2),
                shuffled.stream().filter(asked -> isOther(asked, taught))).limit(count).toList();
        var prompts = new ArrayList<int[]>();
        for (int i = 0; i < chosen.size(); i++) {
            var asked = chosen.get(i);
            if (i % 2 == 1) { // so that the ways to ask alone mean nothing
                var way = Paraphrases.trained(asked.lastQuestion().orElse(""), 1, seed + i);
                if (!way.isEmpty()) asked = asked.asking(way.getFirst());
            }
            var ids = chats.prompt(asked);
            if (ids.length > 0 && ids.length < length / 2) prompts.add(ids);
        }
        return prompts;
    }

    private static boolean isOther(Chat asked, List<Set<String>> taught) {
        var words = words(asked.lastQuestion().orElse(""));
        return taught.stream().noneMatch(of -> likeness(words, of) > ALIKE);
    }

    /** Words, of which each Chinese character is one. */
    private static Set<String> words(String question) {
        return Pattern.compile("\\p{IsHan}|[\\p{L}\\p{N}&&[^\\p{IsHan}]]+").matcher(question.toLowerCase(Locale.ROOT)).results()
                .map(MatchResult::group).collect(Collectors.toSet());
    }

    /** Dice's coefficient. */
    private static double likeness(Set<String> a, Set<String> b) {
        return a.isEmpty() || b.isEmpty() ? 0 : 2.0 * a.stream().filter(b::contains).count() / (a.size() + b.size());
    }

    /** The tokens that a held-out question begins with; empty where they leave no room for an answer. */
    Stream<int[]> prompt(Chat asked) {
        return Stream.of(chats.prompt(asked)).filter(ids -> ids.length > 0 && ids.length < length);
    }

    /** A pair's rows, if both fit. */
    Stream<PreferenceRows.PairRows> pair(PreferencePair pair) {
        return chats.pair(pair).stream();
    }

    /** A rated answer's row, if it fits. */
    Stream<TrainingRow> rated(RatedAnswer rated) {
        return chats.rated(rated).stream();
    }

    /** Tokens of a text. */
    int tokens(String text) {
        return chats.chats().tokenizer().encode(text).length;
    }
}
