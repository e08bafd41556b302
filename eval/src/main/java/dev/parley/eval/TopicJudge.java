package dev.parley.eval;

import dev.parley.data.ChatSeeds.Topic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Tells to which topic an answer belongs: of all topics' answers it is most like this one's, and like enough. */
final class TopicJudge {

    private static final double ALIKE = 0.5;

    private final Map<String, List<Set<String>>> answers = new HashMap<>();

    TopicJudge(List<Topic> topics) {
        for (var topic : topics) answers.put(topic.id(), topic.answers().stream().map(TopicJudge::pairs).toList());
    }

    boolean isOf(Topic topic, String answer) {
        var pairs = pairs(answer);
        var own = likeness(topic.id(), pairs);
        return own >= ALIKE && answers.keySet().stream().allMatch(id -> id.equals(topic.id()) || likeness(id, pairs) < own);
    }

    private double likeness(String topic, Set<String> pairs) {
        return answers.get(topic).stream().mapToDouble(right -> likeness(right, pairs)).max().orElse(0);
    }

    /** Dice's coefficient. */
    private static double likeness(Set<String> a, Set<String> b) {
        if (a.isEmpty() || b.isEmpty()) return 0;
        var both = new HashSet<>(a);
        both.retainAll(b);
        return 2.0 * both.size() / (a.size() + b.size());
    }

    /** Pairs of neighbouring letters, which suit Chinese and English. */
    private static Set<String> pairs(String text) {
        var letters = text.toLowerCase(Locale.ROOT).replaceAll("[\\s\\p{Punct}]", "");
        var pairs = new HashSet<String>();
        for (int i = 0; i + 2 <= letters.length(); i++) pairs.add(letters.substring(i, i + 2));
        return pairs;
    }
}
