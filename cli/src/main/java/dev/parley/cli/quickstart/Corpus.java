package dev.parley.cli.quickstart;

import dev.parley.data.ChatSeeds;
import dev.parley.data.ChatSeeds.Topic;
import dev.parley.data.ConversationGenerator;
import dev.parley.data.HeldOut;
import dev.parley.data.TextFiles;
import dev.parley.data.WordNet;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Definitions;
import dev.parley.data.tasks.Stories;
import dev.parley.data.tasks.Task;
import dev.parley.data.tasks.Words;
import dev.parley.serve.models.Suggestion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What the quickstart teaches: text to read, tasks to practise, chats to imitate, and what of each is held out.
 *
 * @param texts documents to read, in the order to read them
 * @param heldOutTexts documents that are never read
 * @param tasks to practise
 * @param topics chat seeds
 * @param examined which of what is held out is so here
 */
record Corpus(List<String> texts, List<String> heldOutTexts, List<Task> tasks, List<Topic> topics, HeldOut examined) {

    private static final int SPELLED_WORDS = 12_000;
    private static final int EXAMINED_WORDS = 6_000;
    private static final int DEFINED_WORDS = 150;

    /** WordNet's definitions, or the user's own text beside or instead of them. */
    static Corpus load(List<Path> files, boolean onlyFiles, HeldOut examined) throws IOException {
        var wordNet = WordNet.load();
        var words = wordNet.plainWords(3, 7).stream().limit(SPELLED_WORDS).toList();
        var tasks = List.<Task>of(Words.spelling(words, EXAMINED_WORDS, examined), Words.counting(words, EXAMINED_WORDS, examined),
                Words.reversing(words, EXAMINED_WORDS, examined), Arithmetic.sumsTo20(examined), Arithmetic.sumsTo100(examined),
                Arithmetic.differencesTo20(examined), new Definitions(wordNet.commonDefinitions(DEFINED_WORDS, examined), examined),
                new Stories(examined));
        var texts = new ArrayList<String>();
        var heldOut = new ArrayList<String>();
        var own = files.isEmpty() ? List.<String>of() : TextFiles.documents(files);
        for (int i = 0; i < own.size(); i++) (i % 50 == 49 ? heldOut : texts).add(own.get(i));
        if (!onlyFiles) {
            wordNet.trainSynsets(examined).forEach(s -> texts.add(s.text()));
            wordNet.heldOutSynsets(examined).forEach(s -> heldOut.add(s.text()));
        }
        if (heldOut.isEmpty()) heldOut.add(texts.removeLast());
        return new Corpus(List.copyOf(texts), List.copyOf(heldOut), tasks, ChatSeeds.load(), examined);
    }

    /** Lines of a task as text to read: "Spell the word cat.\nc a t". */
    List<String> practice(Mixture mixture, int lines, long seed) {
        var conversations = conversations(mixture);
        var random = new SplittableRandom(seed);
        return Stream.generate(() -> conversations.task(random).train(random).text()).limit(lines).toList();
    }

    /** What the chat's page may begin with: topics in two languages, and tasks for all readers. */
    List<Suggestion> suggestions() {
        var suggestions = new ArrayList<Suggestion>();
        for (var id : List.of("who-are-you", "what-can-you-do", "token", "zh-who", "zh-can-do", "zh-language-model")) {
            topics.stream().filter(t -> t.id().equals(id))
                    .forEach(t -> suggestions.add(Suggestion.of(t.language(), t.questions().getFirst())));
        }
        for (var task : List.of("Spell the word garden.", "What is 12 + 5?", "Tell me a story about a fox."))
            suggestions.add(new Suggestion(task, Optional.empty()));
        return suggestions;
    }

    /** Conversations of topics and tasks. */
    ConversationGenerator conversations(Mixture mixture) {
        return new ConversationGenerator(topics, mixture.weighted(tasks), mixture.topicShare());
    }
}
