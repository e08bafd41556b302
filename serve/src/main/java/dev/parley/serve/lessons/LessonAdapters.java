package dev.parley.serve.lessons;

import dev.parley.serve.Lazy;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.models.TaughtAdapters;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The lessons of one served model as its adapters: {@code lesson-3} is found by those whom it is for, as long as it is in use or ready to
 * be. One that was made for other files than the model's is not there.
 */
public final class LessonAdapters implements TaughtAdapters {

    private static final Pattern NAME = Pattern.compile("lesson-([1-9][0-9]{0,8})");
    private static final Pattern BEHIND = Pattern.compile(":lesson-[1-9][0-9]{0,8}$");

    private final Lessons lessons;
    private final String model;
    private final Lazy<Optional<String>> fingerprint;
    private final boolean forRequests;

    /**
     * @param model its name as it is served
     * @param folder of the model
     * @param forRequests whether requests of the APIs that name the model alone are answered with the lesson for all
     */
    public LessonAdapters(Lessons lessons, String model, Path folder, boolean forRequests) {
        this.lessons = lessons;
        this.model = model;
        this.forRequests = forRequests;
        fingerprint = Lazy.of(() -> ModelFingerprint.isTeachable(folder) ? Optional.of(ModelFingerprint.of(folder)) : Optional.empty());
    }

    /** What a model is called without the lesson whose name may be behind its own. */
    public static String withoutLesson(String name) {
        return BEHIND.matcher(name).replaceFirst("");
    }

    /** The name of a lesson's adapter. */
    public static String name(int lesson) {
        return "lesson-" + lesson;
    }

    @Override
    public Optional<Path> find(String name, String user) {
        var number = NAME.matcher(name);
        if (!number.matches()) return Optional.empty();
        try {
            return lessons.find(Integer.parseInt(number.group(1))).filter(lesson -> isFor(lesson, user)).filter(this::isUsable)
                    .map(lesson -> lessons.adapter(lesson.id()));
        } catch (LessonException e) {
            return Optional.empty(); // of one that cannot be read, the operator is told
        }
    }

    private static boolean isFor(Lesson lesson, String user) {
        return lesson.isForAll() || lesson.audience().equals(user);
    }

    private boolean isUsable(Lesson lesson) {
        var there = lesson.state() == LessonState.IN_USE || lesson.state() == LessonState.READY;
        return there && lesson.model().equals(model) && fingerprint.get().filter(lesson.modelFingerprint()::equals).isPresent();
    }

    @Override
    public Optional<String> current(String user) {
        return inUse(user).or(() -> inUse(Lesson.ALL)).map(lesson -> name(lesson.id()));
    }

    private Optional<Lesson> inUse(String audience) {
        return lessons.inUse(model, audience).filter(this::isUsable);
    }

    @Override
    public Optional<String> ofRequests() {
        return forRequests ? inUse(Lesson.ALL).map(lesson -> name(lesson.id())) : Optional.empty();
    }

    /** Those in use, and of one's own those that can be tried before. Where nobody logs in, all are one's own. */
    @Override
    public List<String> names(String user) {
        return lessons.list().stream()
                .filter(lesson -> isFor(lesson, user)
                        && (lesson.state() == LessonState.IN_USE || !lesson.isForAll() || user.equals(Caller.LOCAL.id())))
                .filter(this::isUsable).map(lesson -> name(lesson.id())).toList();
    }
}
