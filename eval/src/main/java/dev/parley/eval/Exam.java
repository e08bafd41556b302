package dev.parley.eval;

import dev.parley.data.ChatSeeds.Topic;
import dev.parley.data.tasks.Example;
import dev.parley.data.tasks.Task;
import dev.parley.generate.GenerationConfig;
import dev.parley.generate.Generator;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Asks a chat model questions and judges the answers, greedily decoded. */
public final class Exam {

    private static final int BATCH = 40;
    private static final double ALIKE = 0.5;

    private final Generator generator;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final GenerationConfig config;

    public Exam(CausalLM model, Tokenizer tokenizer, ChatTemplate template, int maxNewTokens) {
        this.tokenizer = tokenizer;
        this.template = template;
        generator = new Generator(model, tokenizer);
        config = GenerationConfig.DEFAULT.withMaxNewTokens(maxNewTokens)
                .withStops(List.of(tokenizer.idOf(ChatTemplate.END).orElseThrow()), List.of());
    }

    /** The answers to questions, each asked in a conversation of its own. */
    public List<String> answers(List<String> questions) {
        var answers = new ArrayList<String>();
        for (int start = 0; start < questions.size(); start += BATCH) {
            var prompts = questions.subList(start, Math.min(questions.size(), start + BATCH)).stream()
                    .map(q -> template.encode(tokenizer, List.of(Message.user(q)), true).ids()).toList();
            for (var completion : generator.generate(prompts, config)) answers.add(completion.text().strip());
        }
        return answers;
    }

    /** The part of a task's held-out cases that are answered right. */
    public Score task(Task task, int cases, long seed) {
        var examples = task.heldOut(cases, seed);
        var answers = answers(examples.stream().map(Example::prompt).toList());
        var right = 0;
        for (int i = 0; i < examples.size(); i++) {
            if (task.correct(examples.get(i), answers.get(i))) right++;
        }
        return Score.proportion(right, examples.size());
    }

    /** A held-out question of a topic, and what the model said. */
    public record Asked(Topic topic, String question, String answer, boolean right) {}

    /** Asks held-out paraphrases of all topics in turn, {@code cases} of them. */
    public List<Asked> topics(List<Topic> topics, int cases) {
        var asked = new ArrayList<Asked>();
        var longest = topics.stream().mapToInt(t -> t.heldOut().size()).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (var topic : topics) {
                if (i < topic.heldOut().size() && asked.size() < cases) asked.add(new Asked(topic, topic.heldOut().get(i), "", false));
            }
        }
        var answers = answers(asked.stream().map(Asked::question).toList());
        for (int i = 0; i < asked.size(); i++) {
            var a = asked.get(i);
            asked.set(i, new Asked(a.topic(), a.question(), answers.get(i), isOf(a.topic(), answers.get(i), topics)));
        }
        return asked;
    }

    /** Whether an answer belongs to a topic: of all topics' answers it is most like this one's, and like enough. */
    static boolean isOf(Topic topic, String answer, List<Topic> topics) {
        var own = likeness(topic, answer);
        return own >= ALIKE && topics.stream().allMatch(t -> t.id().equals(topic.id()) || likeness(t, answer) < own);
    }

    private static double likeness(Topic topic, String answer) {
        return topic.answers().stream().mapToDouble(a -> likeness(pairs(a), pairs(answer))).max().orElse(0);
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
        var pairs = new TreeSet<String>();
        for (int i = 0; i + 2 <= letters.length(); i++) pairs.add(letters.substring(i, i + 2));
        return pairs;
    }
}
