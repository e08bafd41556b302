package dev.parley.serve.lessons;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.lessons.Lesson.Counts;
import dev.parley.serve.lessons.Lesson.Result;
import dev.parley.serve.lessons.Lesson.Sample;
import dev.parley.serve.lessons.Lesson.Score;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** A lesson as JSON, both ways; anybody may have written what is read. */
final class LessonJson {

    private LessonJson() {}

    static ObjectNode of(Lesson lesson) {
        var json = JsonNodeFactory.instance.objectNode().put("id", lesson.id()).put("model", lesson.model())
                .put("model_fingerprint", lesson.modelFingerprint()).put("audience", lesson.audience())
                .put("state", lesson.state().label()).put("created", lesson.created().toString());
        lesson.finished().ifPresent(finished -> json.put("finished", finished.toString()));
        var counts = lesson.feedback();
        json.putObject("feedback").put("edits", counts.edits()).put("pairs", counts.pairs()).put("thumbs_up", counts.thumbsUp())
                .put("thumbs_down", counts.thumbsDown()).put("replay", counts.replay());
        lesson.result().ifPresent(result -> add(json, result));
        lesson.fault().ifPresent(fault -> json.put("fault", fault));
        lesson.basedOn().ifPresent(other -> json.put("based_on", other));
        return json;
    }

    private static void add(ObjectNode json, Result result) {
        var heldOut = json.putArray("held_out");
        result.heldOut().forEach(score -> heldOut.add(of(score)));
        result.probe().ifPresent(probe -> json.set("probe", of(probe)));
        var samples = json.putArray("samples");
        for (var sample : result.samples()) {
            var one = samples.addObject().put("prompt", sample.prompt()).put("before", sample.before()).put("after", sample.after());
            sample.wanted().ifPresent(wanted -> one.put("wanted", wanted));
        }
        json.put("seconds", result.seconds());
    }

    private static ObjectNode of(Score score) {
        return JsonNodeFactory.instance.objectNode().put("name", score.name()).put("before", score.before()).put("after", score.after())
                .put("of", score.of());
    }

    /**
     * Reads one.
     *
     * @throws RuntimeException with a sentence if it is none: an {@link dev.parley.serve.http.ApiError}, or an
     *     {@link IllegalArgumentException}
     */
    static Lesson read(JsonNode json) {
        var fields = JsonFields.of(json, "lesson");
        var state = LessonState.of(fields.requireString("state")).orElseThrow(() -> fields.wrong("state", "the state of a lesson"));
        return new Lesson(fields.integer("id", 1, Integer.MAX_VALUE).orElseThrow(() -> fields.missing("id")),
                fields.requireString("model"), fields.requireString("model_fingerprint"), fields.requireString("audience"), state,
                instant(fields, "created").orElseThrow(() -> fields.missing("created")), instant(fields, "finished"),
                fields.object("feedback").map(LessonJson::counts).orElse(Counts.NONE), result(fields), fields.string("fault"),
                fields.integer("based_on", 1, Integer.MAX_VALUE));
    }

    private static Optional<Instant> instant(JsonFields fields, String name) {
        return fields.string(name).map(text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw fields.wrong(name, "a time as 2026-01-31T12:00:00Z");
            }
        });
    }

    private static Counts counts(JsonFields fields) {
        return new Counts(count(fields, "edits"), count(fields, "pairs"), count(fields, "thumbs_up"), count(fields, "thumbs_down"),
                count(fields, "replay"));
    }

    private static int count(JsonFields fields, String name) {
        return fields.integer(name, 0, Integer.MAX_VALUE).orElse(0);
    }

    private static Optional<Result> result(JsonFields fields) {
        var seconds = fields.real("seconds", 0, Double.MAX_VALUE);
        var heldOut = fields.objects("held_out", Result.MOST).stream().map(LessonJson::score).toList();
        var samples = fields.objects("samples", Result.MOST).stream().map(LessonJson::sample).toList();
        var probe = fields.object("probe").map(LessonJson::score);
        return seconds.isEmpty() ? Optional.empty() : Optional.of(new Result(heldOut, probe, samples, seconds.getAsDouble()));
    }

    private static Score score(JsonFields fields) {
        return new Score(fields.requireString("name"), share(fields, "before"), share(fields, "after"), count(fields, "of"));
    }

    private static double share(JsonFields fields, String name) {
        return fields.real(name, 0, 1).orElseThrow(() -> fields.missing(name));
    }

    private static Sample sample(JsonFields fields) {
        return new Sample(fields.requireString("prompt"), fields.requireString("before"), fields.requireString("after"),
                fields.string("wanted"));
    }
}
