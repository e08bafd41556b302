package dev.parley.train.lesson;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.data.HeldOut;
import dev.parley.data.Paraphrases;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.RatedAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What of feedback is learned, and what is held out to see what was learned: of ten pieces of a kind or more a fifth, by a hash of what
 * was asked. Of fewer all is learned, and held out are the same pieces, asked in ways that are never trained on.
 *
 * @param wanted answers to be given, each to several ways to ask
 * @param asked questions that are never trained on, with what is to be answered
 */
record LessonPlan(List<Answered> wanted, List<PreferencePair> compared, List<RatedAnswer> judged, List<Answered> asked,
        List<PreferencePair> heldEdits, List<PreferencePair> heldPairs, List<RatedAnswer> heldThumbs) {

    private static final int LEAST_TO_HOLD_OUT = 10;
    private static final int HELD_OUT_EVERY = 5;
    private static final int PARAPHRASED = 70; // questions that paraphrases make of all edits together
    private static final int MOST_WAYS_OF_A_PAIR = 4;
    private static final int MOST_ASKED = 40;
    private static final int ASKED_OF_ONE = 5;
    private static final int COMPARED_OF_ONE = 2; // held-out ways of a pair or thumb where none is held out

    /** A conversation up to an answer, and the answer. */
    record Answered(Chat prompt, ArrayNode answer) {

        String text() {
            return LessonFeedback.text(answer);
        }

        /** What was asked last. */
        String question() {
            return prompt.lastQuestion().orElse("");
        }
    }

    private record Split<T>(List<T> trained, List<T> held) {}

    static LessonPlan of(LessonFeedback feedback, LessonSettings settings) {
        var edits = split(feedback.edits(), PreferencePair::prompt, LessonPlan::asked);
        var pairs = split(feedback.pairs(), PreferencePair::prompt, LessonPlan::asked);
        var thumbs = split(feedback.thumbs(), RatedAnswer::prompt, LessonPlan::asked);
        var each = Math.max(1, Math.min(settings.paraphrases(), PARAPHRASED / Math.max(1, edits.trained().size())));
        var wanted = new ArrayList<Answered>();
        for (var edit : edits.trained()) {
            wanted.add(new Answered(edit.prompt(), edit.chosen()));
            ways(edit.prompt(), question -> Paraphrases.trained(question, each, settings.seed()))
                    .forEach(way -> wanted.add(new Answered(way, edit.chosen())));
        }
        for (var liked : thumbs.trained()) if (liked.good()) wanted.add(new Answered(liked.prompt(), liked.answer()));
        var compared = new ArrayList<PreferencePair>();
        var all = Stream.concat(pairs.trained().stream(), edits.trained().stream()).toList();
        var ways = Math.max(1, Math.min(MOST_WAYS_OF_A_PAIR, PARAPHRASED / 2 / Math.max(1, all.size())));
        for (var pair : all) {
            compared.add(pair);
            ways(pair.prompt(), question -> Paraphrases.trained(question, ways, settings.seed()))
                    .forEach(way -> compared.add(asked(pair, way)));
        }
        return new LessonPlan(wanted, compared, thumbs.trained(), askedOf(edits.trained()), edits.held(), pairs.held(), thumbs.held());
    }

    /** What all of the feedback is about. */
    Stream<String> questions() {
        return Stream.of(wanted.stream().map(Answered::prompt), compared.stream().map(PreferencePair::prompt),
                judged.stream().map(RatedAnswer::prompt), heldEdits.stream().map(PreferencePair::prompt),
                heldPairs.stream().map(PreferencePair::prompt), heldThumbs.stream().map(RatedAnswer::prompt))
                .flatMap(prompts -> prompts).flatMap(prompt -> prompt.lastQuestion().stream()).distinct();
    }

    private static <T> Split<T> split(List<T> pieces, Function<T, Chat> prompt, BiFunction<T, Chat, T> asking) {
        if (pieces.size() < LEAST_TO_HOLD_OUT) {
            return new Split<>(pieces, pieces.stream().flatMap(
                    piece -> ways(prompt.apply(piece), question -> Paraphrases.heldOut(question, COMPARED_OF_ONE))
                            .map(way -> asking.apply(piece, way)))
                    .toList());
        }
        var held = pieces.stream().filter(piece -> isHeldOut(prompt.apply(piece))).toList();
        return new Split<>(pieces.stream().filter(piece -> !isHeldOut(prompt.apply(piece))).toList(), held);
    }

    /** By the prompt alone, so that a question is not held out as a pair and learned as an edit. */
    private static boolean isHeldOut(Chat prompt) {
        return HeldOut.TUNING.has(prompt.messages().toString(), HELD_OUT_EVERY);
    }

    private static PreferencePair asked(PreferencePair pair, Chat way) {
        return new PreferencePair(way, pair.chosen(), pair.rejected());
    }

    private static RatedAnswer asked(RatedAnswer rated, Chat way) {
        return new RatedAnswer(way, rated.answer(), rated.good());
    }

    private static Stream<Chat> ways(Chat prompt, Function<String, List<String>> paraphrases) {
        return prompt.lastQuestion().stream().flatMap(question -> paraphrases.apply(question).stream()).map(prompt::asking);
    }

    /** Edits in turn, each in its first way, then each in its second, up to the most that are asked. */
    private static List<Answered> askedOf(List<PreferencePair> edits) {
        var all = edits.stream().map(edit -> ways(edit.prompt(), question -> Paraphrases.heldOut(question, ASKED_OF_ONE))
                .map(way -> new Answered(way, edit.chosen())).toList()).toList();
        var asked = new ArrayList<Answered>();
        for (int way = 0; way < ASKED_OF_ONE; way++) {
            for (var of : all) if (way < of.size() && asked.size() < MOST_ASKED) asked.add(of.get(way));
        }
        return asked;
    }
}
