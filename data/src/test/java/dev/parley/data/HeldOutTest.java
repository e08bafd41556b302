package dev.parley.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.ChatSeeds.Topic;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Definitions;
import dev.parley.data.tasks.Example;
import dev.parley.data.tasks.Stories;
import dev.parley.data.tasks.Task;
import dev.parley.data.tasks.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the exam asks stands nowhere in what is trained on. */
@Execution(ExecutionMode.CONCURRENT)
class HeldOutTest {

    private static final WordNet WORDNET = WordNet.load();
    private static final List<Topic> TOPICS = ChatSeeds.load();
    private static final Pattern EQUATION = Pattern.compile("(\\d+) ([+-]) (\\d+) = (\\d+)");
    private static final int DRAWS = 100_000; // the rarest pair of numbers comes once in 8,080 draws

    private static final Map<HeldOut, List<Task>> TASKS = Stream.of(HeldOut.values())
            .collect(Collectors.toMap(examined -> examined, HeldOutTest::make));

    private static List<Task> tasks(HeldOut examined) {
        return TASKS.get(examined);
    }

    private static List<Task> make(HeldOut examined) {
        var words = WORDNET.plainWords(3, 7).subList(0, 12_000);
        return List.of(Words.spelling(words, 6000, examined), Words.counting(words, 6000, examined), Words.reversing(words, 6000, examined),
                Arithmetic.sumsTo20(examined), Arithmetic.sumsTo100(examined), Arithmetic.differencesTo20(examined),
                new Definitions(WORDNET.commonDefinitions(150, examined), examined), new Stories(examined));
    }

    private static List<Example> all(Task task) {
        return task.heldOut(Integer.MAX_VALUE, 1);
    }

    private static Stream<Example> trained(Task task) {
        var random = new SplittableRandom(1);
        return Stream.generate(() -> task.train(random)).limit(DRAWS);
    }

    @ParameterizedTest
    @EnumSource
    void noQuestionOfTheExamIsTrainedByAnyTask(HeldOut examined) {
        var asked = tasks(examined).stream().flatMap(t -> all(t).stream()).map(e -> e.prompt().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        TOPICS.forEach(t -> t.heldOut().forEach(q -> asked.add(q.toLowerCase(Locale.ROOT))));
        for (var task : tasks(examined))
            trained(task).forEach(e -> assertFalse(asked.contains(e.prompt().toLowerCase(Locale.ROOT)), e.prompt()));
    }

    @Test
    void noRephrasingOfATrainedQuestionIsAQuestionOfTheExam() {
        var asked = new HashMap<String, String>();
        for (var topic : TOPICS) topic.heldOut().forEach(q -> asked.put(Rephrase.folded(q), q));
        for (var examined : HeldOut.values()) {
            for (var task : tasks(examined)) all(task).forEach(e -> asked.put(Rephrase.folded(e.prompt()), e.prompt()));
        }
        var leaks = new TreeSet<String>();
        for (var topic : TOPICS) {
            for (var question : topic.questions()) {
                for (var variant : Rephrase.variants(question)) {
                    if (asked.containsKey(variant))
                        leaks.add(topic.id() + ": \"" + question + "\" may become \"" + asked.get(variant) + "\"");
                }
            }
        }
        assertEquals(Set.of(), leaks);
    }

    @Test
    void everyRephrasingIsAmongItsVariants() {
        var random = new SplittableRandom(6);
        for (var topic : TOPICS) {
            for (var question : topic.questions()) {
                var variants = Rephrase.variants(question);
                for (int i = 0; i < 50; i++) {
                    var varied = Rephrase.vary(question, random);
                    assertTrue(variants.contains(Rephrase.folded(varied)), question + " became " + varied);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noEquationOfAHeldOutPairIsTrainedInAnyTask(HeldOut examined) {
        var tasks = tasks(examined).subList(3, 6);
        var heldOut = tasks.stream().flatMap(t -> all(t).stream()).map(e -> lastPair(e.answer())).collect(Collectors.toSet());
        for (var task : tasks) {
            trained(task).forEach(e -> EQUATION.matcher(e.answer()).results()
                    .forEach(m -> assertFalse(heldOut.contains(pair(m.group(1), m.group(2), m.group(3), m.group(4))), e.toString())));
        }
    }

    private static String lastPair(String answer) {
        return EQUATION.matcher(answer).results().reduce((a, b) -> b).map(m -> pair(m.group(1), m.group(2), m.group(3), m.group(4)))
                .orElseThrow();
    }

    /** Of 15 + 4 = 19, 4 + 15 = 19, 19 - 4 = 15 and 19 - 15 = 4: 4 and 15. */
    private static String pair(String a, String sign, String b, String result) {
        return Stream.of(sign.equals("+") ? a : result, b).map(Integer::valueOf).sorted().map(String::valueOf)
                .collect(Collectors.joining(" and "));
    }

    @ParameterizedTest
    @EnumSource
    void aHeldOutWordIsSpelledInNoTraining(HeldOut examined) {
        var tasks = tasks(examined).subList(0, 3);
        var heldOut = all(tasks.getFirst()).stream().map(Example::answer).collect(Collectors.toSet());
        for (var task : tasks) {
            trained(task)
                    .forEach(e -> Stream.of(e.answer().split(": ")).forEach(part -> assertFalse(heldOut.contains(part), e.toString())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeldOutHeroIsInNoTrainedStory(HeldOut examined) {
        var stories = new Stories(examined);
        var hero = Pattern.compile("^(\\w+) was an? \\w+ (\\w+) ");
        var heldOut = all(stories).stream().map(e -> hero(hero, e)).toList();
        assertEquals(heldOut.size(), new HashSet<>(heldOut).size(), "each hero is asked for once");
        trained(stories).forEach(e -> assertFalse(heldOut.contains(hero(hero, e)), e.toString()));
    }

    private static String hero(Pattern pattern, Example story) {
        return pattern.matcher(story.answer()).results().map(m -> m.group(1) + " the " + m.group(2)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void noTwoCasesDifferInTheirPhrasingAlone(HeldOut examined) {
        var tasks = tasks(examined);
        for (var task : tasks.subList(3, 6)) {
            var pairs = all(task).stream().map(e -> lastPair(e.answer())).toList();
            assertEquals(pairs.size(), new HashSet<>(pairs).size(), task.name());
        }
        for (var task : List.of(tasks.get(0), tasks.get(6))) {
            var answers = all(task).stream().map(Example::answer).toList();
            assertEquals(answers.size(), new HashSet<>(answers).size(), task.name());
        }
    }

    @Test
    void theTwoSetsShareNothing() {
        var contents = IntStream.range(0, 10_000).mapToObj(i -> "content " + i).toList();
        for (var every : List.of(2, 3, 12, 50)) {
            assertTrue(contents.stream().noneMatch(c -> HeldOut.TUNING.has(c, every) && HeldOut.PUBLISHED.has(c, every)));
            for (var set : HeldOut.values()) {
                var part = contents.stream().filter(c -> set.has(c, every)).count() / 10_000.0;
                assertEquals(1.0 / every, part, 0.02); // four standard errors at one half
            }
        }
        var seen = new ArrayList<String>();
        for (var set : HeldOut.values()) tasks(set).forEach(t -> all(t).stream().map(Example::prompt).forEach(seen::add));
        assertEquals(seen.size(), new HashSet<>(seen).size());
    }

    @Test
    void thereAreEnoughCasesOfEachKind() {
        var least = Map.of("sums to 20", 25, "differences to 20", 25);
        for (var set : HeldOut.values()) {
            for (var task : tasks(set)) {
                assertTrue(all(task).size() >= least.getOrDefault(task.name(), 100), task.name() + " has " + all(task).size());
                assertEquals(task.heldOut(20, 3), task.heldOut(20, 3));
            }
            var questions = TOPICS.stream().mapToInt(t -> t.heldOut(set).size()).sum();
            assertTrue(questions >= 150, questions + " held-out questions of topics");
        }
    }
}
