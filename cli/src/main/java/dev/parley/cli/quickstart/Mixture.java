package dev.parley.cli.quickstart;

import dev.parley.data.ConversationGenerator.Weighted;
import dev.parley.data.tasks.Task;
import java.util.List;
import java.util.Map;

/**
 * How much of what a run learns. A short one that learnt everything would know nothing well, so it learns fewer things.
 *
 * @param readingShare part of the training that is reading; the rest is learning to chat
 * @param textShare part of the documents to read that are texts; the rest is practice
 * @param topicShare part of the questions in chats that are topics; the rest are tasks
 * @param weights how often a task comes, among the tasks
 */
record Mixture(double readingShare, double textShare, double topicShare, Map<String, Double> weights) {

    private static final double FEW_TOKENS = 1.7e6;

    /** Mostly chats, spelling and small sums. */
    private static final Mixture BASIC = new Mixture(0.36, 0.6, 0.40, Map.of(
            "spelling", 18.0, "counting letters", 0.5, "reversing", 0.1, "sums to 20", 6.0, "sums to 100", 2.0,
            "differences to 20", 0.6, "defining", 0.4, "stories", 1.0));

    /** Everything. */
    static final Mixture ALL = new Mixture(0.42, 0.68, 0.35, Map.of(
            "spelling", 8.0, "counting letters", 1.0, "reversing", 3.5, "sums to 20", 4.0, "sums to 100", 4.0,
            "differences to 20", 5.0, "defining", 1.5, "stories", 0.8));

    /** The one for a run of so many tokens of training. */
    static Mixture of(double tokens) {
        return tokens < FEW_TOKENS ? BASIC : ALL;
    }

    List<Weighted> weighted(List<Task> tasks) {
        return tasks.stream().map(task -> new Weighted(task, weights.get(task.name()))).toList();
    }
}
