package dev.parley.serve.lessons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.adapter.AdapterFiles;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.lessons.Lesson.Counts;
import dev.parley.serve.lessons.Lesson.Result;
import dev.parley.serve.lessons.Lesson.Sample;
import dev.parley.serve.lessons.Lesson.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LessonsTest {

    private static final Result RESULT = new Result(List.of(new Score("edits", 0.25, 0.75, 4)), Optional.of(new Score("probe", 0.5, 0.5, 40)),
            List.of(new Sample("Is a dog an animal?", "A tree.", "Yes.", Optional.of("Yes."))), 12.5);

    @TempDir
    private Path data;
    private Lessons lessons;

    @BeforeEach
    void open() {
        lessons = Lessons.in(data);
    }

    private LessonRun begin(String audience) {
        return lessons.begin("tiny", "print", audience, OptionalInt.empty());
    }

    /** Makes a lesson that can be put in use. @return its number */
    private int made(String audience) throws IOException {
        try (var run = begin(audience)) {
            Files.createDirectories(run.adapter());
            Files.writeString(run.adapter().resolve(AdapterFiles.CONFIG), "{}");
            run.finish(RESULT);
            return run.id();
        }
    }

    private LessonState state(int id) {
        return lessons.require(id).state();
    }

    @Test
    void aLessonIsKeptWithAllThatIsKnownOfIt() throws IOException {
        try (var run = begin("user-1")) {
            run.count(new Counts(1, 2, 3, 4, 5));
            assertEquals(LessonState.RUNNING, state(run.id()));
            Files.createDirectories(run.adapter());
            Files.writeString(run.adapter().resolve(AdapterFiles.CONFIG), "{}");
            var finished = run.finish(RESULT);
            var read = Lessons.in(data).require(run.id());
            assertEquals(finished, read);
            assertEquals(Optional.of(RESULT), read.result());
            assertEquals(new Counts(1, 2, 3, 4, 5), read.feedback());
            assertTrue(read.finished().isPresent());
        }
        assertEquals(LessonState.READY, state(1));
        assertEquals("user-1", lessons.require(1).audience());
    }

    @Test
    void numbersGrowAlsoWhenManyBeginAtOnceAndSomeWereThrownAway() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var ids = threads.invokeAll(IntStream.range(0, 8).<Callable<Integer>>mapToObj(i -> () -> made(Lesson.ALL)).toList());
            for (var id : ids) assertTrue(id.get() <= 8);
        }
        assertEquals(List.of(8, 7, 6, 5, 4, 3, 2, 1), lessons.list().stream().map(Lesson::id).toList());
        lessons.discard(8);
        assertEquals(9, made(Lesson.ALL));
    }

    @Test
    void oneAtMostIsInUseForAModelAndAnAudience() throws IOException {
        var first = made(Lesson.ALL);
        var second = made(Lesson.ALL);
        var own = made("user-1");
        lessons.adopt(first);
        lessons.adopt(own);
        assertEquals(LessonState.READY, state(second));
        lessons.adopt(second);
        assertEquals(LessonState.READY, state(first), "the former can be put in use again");
        assertEquals(LessonState.IN_USE, state(own));
        assertEquals(own, lessons.current("tiny", "user-1").orElseThrow().id(), "one's own goes before the one for all");
        assertEquals(second, lessons.current("tiny", "user-2").orElseThrow().id());
        assertEquals(Optional.empty(), lessons.current("other", "user-1"));
        lessons.revoke(own);
        assertEquals(second, lessons.current("tiny", "user-1").orElseThrow().id());
        lessons.revoke(second);
        assertEquals(Optional.empty(), lessons.current("tiny", "user-1"));
        assertEquals(LessonState.IN_USE, lessons.adopt(second).state(), "what was revoked can be put in use again");
        assertEquals(lessons.adopt(second), lessons.require(second), "twice is as once");
    }

    @Test
    void whatIsThrownAwayIsGoneButForWhatWasMeasured() throws IOException {
        var id = made(Lesson.ALL);
        lessons.adopt(id);
        assertThrows(LessonException.class, () -> lessons.discard(id), "it is in use");
        lessons.revoke(id);
        lessons.discard(id);
        assertFalse(Files.exists(lessons.adapter(id)));
        assertEquals(Optional.of(RESULT), lessons.require(id).result());
        assertThrows(LessonException.class, () -> lessons.adopt(id));
    }

    @Test
    void aLessonWithoutAnAdapterIsNotFinished() {
        try (var run = begin(Lesson.ALL)) {
            assertThrows(LessonException.class, () -> run.finish(RESULT));
        }
        assertEquals(LessonState.FAILED, state(1));
        assertTrue(lessons.require(1).fault().orElseThrow().contains("stopped"));
    }

    @Test
    void whatItsMakerLeftHasFailedAndWhatItStillMakesHasNot() throws IOException {
        try (var run = begin(Lesson.ALL)) {
            assertEquals(List.of(), Lessons.in(data).failLeft("gone"));
            assertEquals(LessonState.RUNNING, state(run.id()));
        }
        var dead = begin(Lesson.ALL).id();
        Files.delete(data.resolve("lessons/" + dead + "/maker.lock")); // as the system does with a lock when its process is killed
        var held = data.resolve("lessons/" + dead + "/lesson.json");
        Files.createDirectories(data.resolve("lessons/7"));
        Files.writeString(data.resolve("lessons/7/lesson.json"), Files.readString(held).replace("\"id\" : " + dead, "\"id\" : 7"));
        assertEquals(List.of(7), lessons.failLeft("Its process is gone.").stream().map(Lesson::id).toList());
        assertEquals(Optional.of("Its process is gone."), lessons.require(7).fault());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "null", "{\"id\":2}", "{\"id\":1e400}", "{\"state\":\"in-use\"}"})
    void aLessonThatIsNoneIsRefusedInASentenceThatNamesTheFileAndTheOthersAreThere(String text) throws IOException {
        var whole = made(Lesson.ALL);
        var folder = Files.createDirectories(data.resolve("lessons/2"));
        Files.writeString(folder.resolve("lesson.json"), text);
        var refused = assertThrows(LessonException.class, () -> lessons.find(2));
        assertTrue(refused.getMessage().contains("2/lesson.json"), refused.getMessage());
        assertEquals(List.of(whole), lessons.list().stream().map(Lesson::id).toList());
        assertEquals(1, lessons.faults().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"tiny\" -> 7", "\"in-use\" -> \"used\"", "\"2026 -> \"20x6", "0.25 -> 25", "\"edits\" : 0 -> \"edits\" : -1",
            "12.5 -> 1e999", "\"id\" : 1 -> \"id\" : 3", "\"all\" -> \"\""})
    void aFieldThatCannotBeIsRefused(String change) throws IOException {
        lessons.adopt(made(Lesson.ALL));
        var file = data.resolve("lessons/1/lesson.json");
        var parts = change.split(" -> ");
        var text = Files.readString(file);
        assertTrue(text.contains(parts[0]), text);
        Files.writeString(file, text.replace(parts[0], parts[1]));
        assertThrows(LessonException.class, () -> Lessons.in(data).find(1));
        assertEquals(Optional.empty(), Lessons.in(data).current("tiny", "user-1"));
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws IOException {
        var folder = Files.createDirectories(data.resolve("lessons/1"));
        Files.write(folder.resolve("lesson.json"), new byte[5 << 20]);
        assertTrue(assertThrows(LessonException.class, () -> lessons.find(1)).getMessage().contains("larger"));
    }

    @Test
    void whatAnotherProcessChangedIsSeenAtOnce() throws IOException {
        var id = made(Lesson.ALL);
        var server = Lessons.in(data);
        assertEquals(Optional.empty(), server.current("tiny", "user-1"));
        lessons.adopt(id);
        assertEquals(id, server.current("tiny", "user-1").orElseThrow().id());
        lessons.revoke(id);
        assertEquals(Optional.empty(), server.current("tiny", "user-1"));
    }

    @Test
    void filesThatWereTrainedFurtherHaveAnotherFingerprint() throws IOException {
        var model = Files.createDirectories(data.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        assertThrows(LessonException.class, () -> ModelFingerprint.of(model));
        assertFalse(ModelFingerprint.isTeachable(model));
        var weights = new byte[1 << 20];
        Files.write(model.resolve("model.safetensors"), weights);
        var first = ModelFingerprint.of(model);
        assertEquals(first, ModelFingerprint.of(model));
        weights[weights.length - 1] = 1;
        Files.write(model.resolve("model.safetensors"), weights);
        assertFalse(first.equals(ModelFingerprint.of(model)));
    }

    @Test
    void theJsonOfALessonIsReadAsItWasWritten() throws IOException {
        var lesson = lessons.adopt(made("user-1"));
        assertEquals(lesson, LessonJson.read(JsonBody.JSON.readTree(lesson.json().toString())));
    }
}
