package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.User;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.chat.history.FeedbackAmount;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.Routes;
import dev.parley.serve.lessons.Lesson;
import dev.parley.serve.lessons.LessonAdapters;
import dev.parley.serve.lessons.LessonException;
import dev.parley.serve.lessons.LessonMaker;
import dev.parley.serve.lessons.LessonState;
import dev.parley.serve.lessons.Lessons;
import dev.parley.serve.lessons.ModelFingerprint;
import dev.parley.serve.lessons.RunningLesson;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.store.Database;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Lessons: what there is to learn from, having one made, and which is in use. What is another's is not there. */
final class LessonRoutes implements Routes {

    private static final int MOST_KEPT = 50; // of one model and one audience, those that were thrown away not counted
    private static final int MOST_AN_HOUR = 12;

    private final Lessons lessons;
    private final RunningLesson running;
    private final Pupils pupils;
    private final ModelPool models;
    private final Database database;

    LessonRoutes(ServedLessons teaching, RunningLesson running, ModelPool models, Database database, boolean auth) {
        this.lessons = teaching.lessons();
        this.running = running;
        this.models = models;
        this.database = database;
        pupils = new Pupils(teaching, auth, new Users(database));
    }

    /** Who may have what made. */
    record Pupils(ServedLessons teaching, boolean auth, Users users) {

        /** The user who calls; empty where nobody logs in, and of a key that is no user's. */
        Optional<User> user(Caller caller) {
            return auth ? users.all().stream().filter(user -> user.id().equals(caller.id())).findFirst() : Optional.empty();
        }

        boolean mayOwn(Optional<User> user) {
            return auth && user.isPresent() && (teaching.everyone() || mayAll(user));
        }

        boolean mayAll(Optional<User> user) {
            return !auth || user.filter(u -> teaching.administrators().contains(u.name())).isPresent();
        }

        /** Whether a lesson is there for somebody who calls. */
        boolean sees(Caller caller, Optional<User> user, Lesson lesson) {
            return sees(caller, user, lesson.audience());
        }

        boolean sees(Caller caller, Optional<User> user, String audience) {
            return audience.equals(Lesson.ALL) ? mayAll(user) : user.isPresent() && audience.equals(caller.id());
        }
    }

    /** Whether somebody may have lessons made at all. */
    boolean offers(Caller caller) {
        var user = pupils.user(caller);
        return pupils.mayOwn(user) || pupils.mayAll(user);
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/lessons", this::list);
        routes.post("/api/lessons", this::begin);
        routes.delete("/api/lessons/running", this::cancel);
        routes.post("/api/lessons/{id}/adopt", request -> change(request, this::adopted));
        routes.post("/api/lessons/{id}/revoke", request -> change(request, lessons::revoke));
        routes.post("/api/lessons/{id}/discard", request -> change(request, lessons::discard));
    }

    private void list(Context request) {
        var caller = Caller.of(request);
        var user = pupils.user(caller);
        var source = source(Optional.ofNullable(request.queryParam("model")), caller);
        var json = JsonNodeFactory.instance.objectNode().put("model", source.id()).put("teachable", folder(source).isPresent());
        if (pupils.mayOwn(user)) json.set("own", amount(source, caller.id(), Optional.of(caller.id())));
        if (pupils.mayAll(user)) json.set("all", amount(source, Lesson.ALL, Optional.empty()));
        running.progress().ifPresent(progress -> json.set("running", json(progress, pupils.sees(caller, user, progress.audience()))));
        running.fault().filter(fault -> fault.model().equals(source.id()) && pupils.sees(caller, user, fault.audience()))
                .ifPresent(fault -> json.put("fault", fault.sentence()));
        var list = json.putArray("lessons");
        var fingerprint = folder(source).map(ModelFingerprint::of);
        lessons.list().stream().filter(lesson -> lesson.model().equals(source.id()) && pupils.sees(caller, user, lesson))
                .forEach(lesson -> list.add(json(lesson, source, fingerprint)));
        JsonBody.write(request, json);
    }

    private ModelSource source(Optional<String> model, Caller caller) {
        return models.info(model.filter(name -> !name.isEmpty()).orElseGet(models::defaultId), caller.id()).source();
    }

    /** Where the weights lie that an adapter can be made for; empty of other kinds of files. */
    private static Optional<Path> folder(ModelSource source) {
        return source.folder().filter(ModelFingerprint::isTeachable);
    }

    private ObjectNode amount(ModelSource source, String audience, Optional<String> owner) {
        var last = lessons.list().stream().filter(lesson -> lesson.model().equals(source.id()) && lesson.audience().equals(audience)
                && lesson.result().isPresent()).findFirst();
        var since = last.map(lesson -> lesson.created().toEpochMilli()).orElse(0L);
        var json = json(FeedbackAmount.of(database, owner, 0));
        json.set("new", json(FeedbackAmount.of(database, owner, since)));
        return json;
    }

    private static ObjectNode json(FeedbackAmount amount) {
        return JsonNodeFactory.instance.objectNode().put("edits", amount.edits()).put("choices", amount.choices()).put("thumbs",
                amount.thumbs());
    }

    /** Of what is another's, that there is something, and no more. */
    private static ObjectNode json(RunningLesson.Progress progress, boolean mine) {
        var json = JsonNodeFactory.instance.objectNode().put("mine", mine);
        if (mine) json.put("model", progress.model()).put("audience", progress.audience()).put("phase", progress.phase())
                .put("done", progress.done()).put("total", progress.total());
        return json;
    }

    private static ObjectNode json(Lesson lesson, ModelSource source, Optional<String> fingerprint) {
        var json = lesson.json().put("adapter", source.adaptedName(LessonAdapters.name(lesson.id())))
                .put("fits", fingerprint.filter(lesson.modelFingerprint()::equals).isPresent());
        json.remove("model_fingerprint");
        return json;
    }

    private void begin(Context request) {
        var caller = Caller.of(request);
        var user = pupils.user(caller);
        var fields = JsonFields.of(JsonBody.read(request));
        var forAll = switch (fields.requireString("audience")) {
            case "all" -> true;
            case "me" -> false;
            default -> throw fields.wrong("audience", "me or all");
        };
        if (!(forAll ? pupils.mayAll(user) : pupils.mayOwn(user))) throw ApiError.of(403, "not_allowed",
                forAll ? "Only an administrator has lessons made for everybody." : "You may not have lessons made on this server.");
        var source = source(fields.string("model"), caller);
        var folder = folder(source).orElseThrow(() -> ApiError.of(409, "not_teachable",
                source.id() + " cannot be taught: an adapter can only be made for a folder of safetensors."));
        var audience = forAll ? Lesson.ALL : caller.id();
        requireRoom(source, audience);
        running.begin(new LessonMaker.Order(source.id(), folder, forAll ? Optional.empty() : user.map(User::name)), audience);
        request.status(202);
        JsonBody.write(request, JsonNodeFactory.instance.objectNode().put("model", source.id()).put("audience", audience));
    }

    private void requireRoom(ModelSource source, String audience) {
        var before = lessons.list().stream().filter(lesson -> lesson.model().equals(source.id()) && lesson.audience().equals(audience))
                .toList();
        if (before.stream().filter(lesson -> lesson.state() != LessonState.DISCARDED).count() >= MOST_KEPT)
            throw ApiError.of(409, "too_many_lessons", "There are " + MOST_KEPT + " lessons already; throw some away first.");
        var hour = Instant.now().minus(Duration.ofHours(1));
        if (before.stream().filter(lesson -> lesson.created().isAfter(hour)).count() >= MOST_AN_HOUR)
            throw ApiError.of(429, "too_many_lessons", MOST_AN_HOUR + " lessons were made within the last hour; wait a while.");
    }

    private void cancel(Context request) {
        var caller = Caller.of(request);
        var mine = running.progress().filter(progress -> pupils.sees(caller, pupils.user(caller), progress.audience()));
        if (mine.isEmpty()) throw ApiError.of(404, "not_found", "No lesson of yours is being made.");
        running.cancel();
        request.status(204);
    }

    private void change(Context request, IntFunction<Lesson> change) {
        var caller = Caller.of(request);
        var lesson = visible(caller, request.pathParam("id"));
        try {
            var changed = change.apply(lesson.id());
            var source = models.info(lesson.model()).source();
            JsonBody.write(request, json(changed, source, folder(source).map(ModelFingerprint::of)));
        } catch (LessonException e) {
            throw ApiError.of(409, "lesson_state", e.getMessage());
        }
    }

    private Lesson visible(Caller caller, String id) {
        var none = ApiError.of(404, "not_found", "There is no such lesson.");
        if (!id.matches("[1-9][0-9]{0,8}")) throw none;
        try {
            return lessons.find(Integer.parseInt(id)).filter(lesson -> pupils.sees(caller, pupils.user(caller), lesson))
                    .orElseThrow(() -> none);
        } catch (LessonException e) {
            throw none; // whose it is cannot be told
        }
    }

    private Lesson adopted(int id) {
        var lesson = lessons.require(id);
        var now = folder(models.info(lesson.model()).source()).map(ModelFingerprint::of);
        if (now.filter(lesson.modelFingerprint()::equals).isEmpty()) throw new LessonException(
                "Lesson " + id + " was made for other files than " + lesson.model() + " has now; teach it again.");
        return lessons.adopt(id);
    }

    /** What the operator should know of lessons, a sentence each. */
    List<String> faults() {
        return lessons.faults();
    }
}
