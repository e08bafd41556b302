package dev.parley.serve.lessons;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.parley.files.DurableFile;
import dev.parley.files.FileFault;
import dev.parley.files.FolderTree;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.lessons.Lesson.Counts;
import dev.parley.serve.lessons.Lesson.Result;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The lessons of a folder of data, each in a folder of its own: {@code lessons/3/lesson.json}, {@code adapter/} in PEFT's layout and
 * {@code training/}. Several processes may use them at once: files are replaced whole, changes are made under a lock, and a lesson that
 * is being made is locked by its maker. Of those for one model and the same people, one at most is in use.
 */
public final class Lessons {

    private static final int LARGEST = 4 << 20; // bytes of a lesson.json
    private static final String FILE = "lesson.json";

    private final Path folder;
    private final Map<Integer, Known> known = new ConcurrentHashMap<>();

    /** A lesson as it was read, and of which file: each version of it is another file. */
    private record Known(Object file, Instant written, Lesson lesson) {}

    private Lessons(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * The lessons in a server's folder of data.
     *
     * @param data the folder, which is made with the first lesson
     */
    public static Lessons in(Path data) {
        return new Lessons(data.resolve("lessons"));
    }

    /** All that can be read, the newest first. */
    public List<Lesson> list() {
        var lessons = new ArrayList<Lesson>();
        for (var id : ids()) {
            try {
                find(id).ifPresent(lessons::add);
            } catch (LessonException e) {
                // faults() tells of it
            }
        }
        return lessons;
    }

    /** What is wrong with lessons that cannot be read, a sentence each. */
    public List<String> faults() {
        var faults = new ArrayList<String>();
        for (var id : ids()) {
            try {
                find(id);
            } catch (LessonException e) {
                faults.add(e.getMessage());
            }
        }
        return faults;
    }

    /** The newest first. */
    private List<Integer> ids() {
        if (!Files.isDirectory(folder)) return List.of();
        try (var folders = Files.list(folder)) {
            return folders.map(f -> f.getFileName().toString()).filter(name -> name.matches("[1-9][0-9]{0,8}")).map(Integer::valueOf)
                    .sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw new LessonException("The lessons in " + folder + " cannot be listed: " + FileFault.reason(e) + ".", e);
        }
    }

    /**
     * One of them; empty where there is none of that number.
     *
     * @throws LessonException if its file is not as it must be
     */
    public Optional<Lesson> find(int id) {
        var file = file(id);
        try {
            if (!Files.isRegularFile(file)) return Optional.empty();
            var facts = Files.readAttributes(file, BasicFileAttributes.class);
            var written = facts.lastModifiedTime().toInstant();
            var before = known.get(id);
            if (before != null && facts.fileKey() != null && facts.fileKey().equals(before.file) && written.equals(before.written))
                return Optional.of(before.lesson);
            var lesson = read(id, file);
            if (facts.fileKey() != null) known.put(id, new Known(facts.fileKey(), written, lesson));
            return Optional.of(lesson);
        } catch (IOException e) {
            throw new LessonException(file + " cannot be read: " + FileFault.reason(e) + ".", e);
        }
    }

    private static Lesson read(int id, Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) throw new LessonException(file + " is no lesson: it is larger than " + LARGEST + " bytes.");
            var lesson = LessonJson.read(JsonBody.JSON.readTree(bytes));
            if (lesson.id() != id) throw new LessonException(file + " is of lesson " + lesson.id() + ", not of " + id + ".");
            return lesson;
        } catch (JsonProcessingException e) {
            throw new LessonException(file + " is no JSON: " + e.getOriginalMessage().lines().findFirst().orElse("") + ".", e);
        } catch (ApiError | IllegalArgumentException e) {
            throw new LessonException(file + " is no lesson: " + e.getMessage(), e);
        }
    }

    /** @throws LessonException if there is none of that number, or its file is not as it must be */
    public Lesson require(int id) {
        return find(id).orElseThrow(() -> new LessonException("There is no lesson " + id + "."));
    }

    /** The lesson with which a model answers somebody: their own if there is one in use, or else the one for all. */
    public Optional<Lesson> current(String model, String user) {
        return inUse(model, user).or(() -> inUse(model, Lesson.ALL));
    }

    /** The lesson that is in use of those for a model and an audience. */
    public Optional<Lesson> inUse(String model, String audience) {
        return list().stream().filter(lesson -> lesson.state() == LessonState.IN_USE && lesson.model().equals(model)
                && lesson.audience().equals(audience)).findFirst();
    }

    /** Where the adapter of a lesson lies, if it has one. */
    public Path adapter(int id) {
        return folder.resolve(Integer.toString(id)).resolve("adapter");
    }

    Path training(int id) {
        return folder.resolve(Integer.toString(id)).resolve("training");
    }

    private Path file(int id) {
        return folder.resolve(Integer.toString(id)).resolve(FILE);
    }

    private Path maker(int id) {
        return folder.resolve(Integer.toString(id)).resolve("maker.lock");
    }

    /**
     * Begins a lesson, which this process makes. Its number is larger than those of all before.
     *
     * @param model its name as it is served
     * @param fingerprint of its files; see {@link ModelFingerprint}
     * @param audience {@link Lesson#ALL} or a user's identifier
     * @param basedOn the lesson that it goes on from, if it does
     */
    public LessonRun begin(String model, String fingerprint, String audience, OptionalInt basedOn) {
        try {
            Files.createDirectories(folder);
            var id = claim();
            var lock = LessonLocks.take(maker(id)).orElseThrow(() -> new LessonException("Lesson " + id + " is another's."));
            write(new Lesson(id, model, fingerprint, audience, LessonState.RUNNING, now(), Optional.empty(), Counts.NONE, Optional.empty(),
                    Optional.empty(), basedOn));
            return new LessonRun(this, id, lock);
        } catch (IOException e) {
            throw new LessonException("A lesson cannot be begun in " + folder + ": " + FileFault.reason(e) + ".", e);
        }
    }

    private int claim() throws IOException {
        for (var id = ids().stream().findFirst().orElse(0) + 1;; id++) {
            try {
                Files.createDirectory(folder.resolve(Integer.toString(id)));
                return id;
            } catch (FileAlreadyExistsException e) {
                // somebody else has just claimed it
            }
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    Lesson made(int id, Result result) {
        if (!AdapterFiles.isAdapter(adapter(id))) throw new LessonException("Lesson " + id + " has no adapter in " + adapter(id) + ".");
        return change(id, lesson -> lesson.made(result, now()));
    }

    Lesson fail(int id, String why) {
        return change(id, lesson -> lesson.failed(why, now()));
    }

    /**
     * Puts a lesson in use, in the place of the one for the same model and people, which is ready again then.
     *
     * @throws LessonException if it is not ready, or was thrown away
     */
    public Lesson adopt(int id) {
        return locked(() -> {
            var lesson = require(id);
            if (lesson.state() == LessonState.IN_USE) return lesson;
            var adopted = lesson.become(LessonState.IN_USE);
            if (!AdapterFiles.isAdapter(adapter(id))) throw new LessonException("The adapter of lesson " + id + " is no longer there.");
            // First: a process that ends between leaves none in use, never two.
            for (var other : list()) {
                if (other.state() == LessonState.IN_USE && lesson.replaces(other)) write(other.become(LessonState.READY));
            }
            return write(adopted);
        });
    }

    /** Takes a lesson out of use: answers that are begun from now on do without. It can be put in use again. */
    public Lesson revoke(int id) {
        return change(id, lesson -> lesson.become(LessonState.REVOKED));
    }

    /** Throws a lesson away that is not in use: what is left is what was measured of it. */
    public Lesson discard(int id) {
        return locked(() -> {
            var discarded = write(require(id).become(LessonState.DISCARDED));
            FolderTree.delete(adapter(id));
            FolderTree.delete(training(id));
            return discarded;
        });
    }

    /**
     * Marks lessons as failed whose maker has ended without a word, with what it left.
     *
     * @param why in a sentence
     * @return which
     */
    public List<Lesson> failLeft(String why) {
        var left = list().stream().filter(lesson -> lesson.state() == LessonState.RUNNING && !hasMaker(lesson.id())).toList();
        return left.stream().map(lesson -> change(lesson.id(), now -> now.state() == LessonState.RUNNING ? now.failed(why, now()) : now))
                .filter(lesson -> lesson.state() == LessonState.FAILED).toList();
    }

    private boolean hasMaker(int id) {
        try {
            return LessonLocks.isHeld(maker(id));
        } catch (IOException e) {
            return true; // as far as can be told
        }
    }

    Lesson change(int id, UnaryOperator<Lesson> change) {
        return locked(() -> write(change.apply(require(id))));
    }

    private Lesson write(Lesson lesson) throws IOException {
        DurableFile.write(file(lesson.id()), JsonBody.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(lesson.json()));
        return lesson;
    }

    private <T> T locked(LessonLocks.Work<T> work) {
        try {
            return LessonLocks.locked(folder.resolve(".lock"), work);
        } catch (IOException e) {
            throw new LessonException("The lessons in " + folder + " cannot be changed: " + FileFault.reason(e) + ".", e);
        }
    }
}
