package dev.parley.data;

import dev.parley.data.ChatSeeds.Topic;
import dev.parley.data.tasks.Task;
import dev.parley.tokenizer.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes conversations to learn from: a question of a topic or a task with its answer, alone or two to three in a row.
 *
 * @param topics chat seeds
 * @param tasks with how often each comes, among them
 * @param topicShare part of the turns that are chat rather than tasks
 */
public record ConversationGenerator(List<Topic> topics, List<Weighted> tasks, double topicShare) {

    /** A task and how often it comes, as a part of all weights. */
    public record Weighted(Task task, double weight) {}

    /** A conversation of one to three questions. */
    public List<Message> next(RandomGenerator random) {
        var turns = random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(2);
        var messages = new ArrayList<Message>();
        for (int t = 0; t < turns; t++) {
            if (random.nextDouble() < topicShare) {
                var topic = topics.get(random.nextInt(topics.size()));
                messages.add(Message.user(Rephrase.vary(topic.questions().get(random.nextInt(topic.questions().size())), random)));
                messages.add(Message.assistant(topic.answers().get(random.nextInt(topic.answers().size()))));
            } else {
                var example = task(random).train(random);
                messages.add(Message.user(example.prompt()));
                messages.add(Message.assistant(example.answer()));
            }
        }
        return messages;
    }

    /** A task, drawn by its weight. */
    public Task task(RandomGenerator random) {
        var at = random.nextDouble() * tasks.stream().mapToDouble(Weighted::weight).sum();
        for (var weighted : tasks) {
            at -= weighted.weight();
            if (at < 0) return weighted.task();
        }
        return tasks.getLast().task();
    }
}
