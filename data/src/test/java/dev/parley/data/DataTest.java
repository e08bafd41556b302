package dev.parley.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.chat.ChatFiles;
import dev.parley.data.tasks.Arithmetic;
import dev.parley.data.tasks.Definitions;
import dev.parley.data.tasks.Example;
import dev.parley.data.tasks.Stories;
import dev.parley.data.tasks.Task;
import dev.parley.data.tasks.Words;
import dev.parley.model.TrainingRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {

    private static final WordNet WORDNET = WordNet.load();

    @TempDir
    Path folder;

    @Test
    void wordNetIsWholeAndItsHeldOutPartIsApart() {
        assertEquals(117_791, WORDNET.synsets().size());
        var dog = WORDNET.synsets().stream().filter(s -> s.words().contains("domestic dog")).findFirst().orElseThrow();
        assertEquals("dog", dog.words().getFirst());
        assertTrue(dog.text().startsWith("dog (also domestic dog, Canis familiaris): noun, a member of the genus Canis"), dog.text());
        assertTrue(dog.examples().contains("the dog barked all night"), dog.toString());
        var read = WORDNET.trainSynsets(HeldOut.PUBLISHED).stream().map(WordNet.Synset::definition).collect(Collectors.toSet());
        assertTrue(WORDNET.heldOutSynsets(HeldOut.PUBLISHED).size() > 2000);
        assertTrue(WORDNET.heldOutSynsets(HeldOut.PUBLISHED).stream().noneMatch(s -> read.contains(s.definition())));
        assertTrue(WORDNET.plainWords(3, 8).subList(0, 50).contains("person")
                && WORDNET.plainWords(3, 8).stream().allMatch(w -> w.matches("[a-z]{3,8}")));
    }

    private static List<Task> tasks() {
        var words = WORDNET.plainWords(3, 7).subList(0, 12_000);
        var examined = HeldOut.PUBLISHED;
        return List.of(Words.spelling(words, 6000, examined), Words.counting(words, 6000, examined), Words.reversing(words, 6000, examined),
                Arithmetic.sumsTo20(examined), Arithmetic.sumsTo100(examined), Arithmetic.differencesTo20(examined),
                new Definitions(WORDNET.commonDefinitions(150, examined), examined), new Stories(examined));
    }

    @Test
    void answersAreRightAndWrongOnesAreToldApart() {
        var random = new SplittableRandom(4);
        var numbers = Pattern.compile("[0-9]+");
        for (var task : tasks()) {
            for (int n = 0; n < 500; n++) {
                var e = task.train(random);
                assertTrue(task.correct(e, e.answer()) && task.correct(e, " " + e.answer() + "\n"), e.toString());
                assertFalse(task.correct(e, "") || task.correct(e, "I do not know"), task.name());
                if (task instanceof Arithmetic) {
                    var given = numbers.matcher(e.prompt()).results().mapToInt(m -> Integer.parseInt(m.group())).toArray();
                    var result = task.name().startsWith("sums") ? given[0] + given[1] : given[0] - given[1];
                    assertTrue(e.answer().endsWith("= " + result), e.toString());
                    assertFalse(task.correct(e, e.answer() + "1"), e.toString());
                }
            }
        }
        var spelling = new Example("Spell the word tree.", "t r e e");
        assertTrue(tasks().get(0).correct(spelling, "t r e e") && !tasks().get(0).correct(spelling, "t r e"));
        assertEquals("t r e e: 4", Words.counting(List.of("tree"), 1, HeldOut.PUBLISHED).train(random).answer());
        assertEquals("t r e e: e e r t", Words.reversing(List.of("tree"), 1, HeldOut.PUBLISHED).train(random).answer());
    }

    @Test
    void chatSeedsAreManyAndTheirHeldOutParaphrasesApart() {
        var topics = ChatSeeds.load();
        assertTrue(topics.size() >= 64, topics.size() + " topics");
        var questions = topics.stream().flatMap(t -> t.questions().stream()).toList();
        var heldOut = topics.stream().flatMap(t -> t.heldOut().stream()).toList();
        assertTrue(questions.size() >= 700 && heldOut.size() >= 250, questions.size() + " and " + heldOut.size());
        assertTrue(questions.contains("请问你知道人工智能的未来发展趋势吗?"));
        assertEquals(topics.size(), topics.stream().map(ChatSeeds.Topic::id).distinct().count());
        var plain = questions.stream().map(Rephrase::folded).toList();
        assertEquals(plain.size(), new HashSet<>(plain).size(),
                "a question stands twice: " + plain.stream().filter(q -> plain.indexOf(q) != plain.lastIndexOf(q)).distinct().toList());
        for (var question : heldOut) assertFalse(plain.contains(Rephrase.folded(question)), question);
        assertTrue(topics.stream().flatMap(t -> t.answers().stream()).allMatch(a -> a.length() < 200));
        assertEquals(topics.size(), topics.stream().map(t -> t.answers().getFirst()).distinct().count());
    }

    @Test
    void aFaultInSeedsNamesFileAndLine() throws Exception {
        var file = Files.writeString(folder.resolve("mine.txt"), "## a\n? q\n= answer\nnonsense\n");
        var fault = assertThrows(IllegalArgumentException.class, () -> ChatSeeds.read(file));
        assertTrue(fault.getMessage().contains("mine.txt, line 4"), fault.getMessage());
    }

    @Test
    void packingLosesNothingAndKeepsDocumentsApart() {
        var random = new SplittableRandom(8);
        var documents = new ArrayList<TrainingRow>();
        for (int n = 0; n < 500; n++) documents.add(TrainingRow.of(random.ints(1 + random.nextInt(70), 0, 1000).toArray()));
        var rows = Packing.pack(documents, 64);
        assertEquals(documents.stream().mapToInt(TrainingRow::length).sum(), rows.stream().mapToInt(TrainingRow::length).sum());
        assertTrue(rows.stream().allMatch(r -> r.length() <= 64));
        var cut = documents.stream().mapToInt(d -> d.length() > 64 ? 1 : 0).sum(); // the first token of a second piece is no target
        assertEquals(documents.stream().mapToInt(TrainingRow::targets).sum() - cut, rows.stream().mapToInt(TrainingRow::targets).sum());
        assertTrue(rows.size() * 64 < 1.1 * rows.stream().mapToInt(TrainingRow::length).sum(), "rows are full to nine tenths");
        assertTrue(
                rows.stream().allMatch(r -> IntStream.range(1, r.segments().length).allMatch(i -> r.segments()[i] >= r.segments()[i - 1])));
    }

    @Test
    void filesThatAreNoTextAreErrorsWithTheirPlace() throws Exception {
        var text = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n\nthree\n");
        var jsonl = Files.writeString(folder.resolve("b.jsonl"), "{\"text\":\"four\\n\\nfive\"}\n");
        assertEquals(List.of("one\ntwo", "three", "four\n\nfive"), TextFiles.documents(List.of(text, jsonl)));
        assertEquals(3, TextFiles.documents(List.of(folder)).size());
        var broken = Files.write(folder.resolve("c.txt"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TextFiles.documents(List.of(broken))).getMessage()
                .contains("this is not UTF-8"));
        var wrong = Files.writeString(folder.resolve("d.jsonl"), "{\"text\":\"x\"}\n{\"txt\":\"x\"}\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> TextFiles.documents(List.of(wrong))).getMessage().contains("line 2"));
        var chat = Files.writeString(folder.resolve("e.jsonl"), "{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ChatFiles.chats(List.of(chat))).getMessage().contains("line 1"));
    }
}
