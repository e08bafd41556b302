package dev.parley.serve.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.explain.Analysis;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.explaining.AnswerExplainer;
import dev.parley.serve.chat.explaining.ExplanationProgress;
import dev.parley.serve.chat.explaining.ExplanationRequest;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.ServerSentEvents;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Why an answer is as it is: events tell how far the explanation is, and the last of them holds it. */
final class ExplanationRoutes implements Routes {

    private final RunningAnswers answers;
    private final AnswerExplainer explainer;

    ExplanationRoutes(RunningAnswers answers, AnswerExplainer explainer) {
        this.answers = answers;
        this.explainer = explainer;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/api/messages/{id}/explanation", this::explain);
    }

    private void explain(Context request) throws InterruptedException {
        var asked = asked(request);
        var caller = Caller.of(request);
        var text = answers.answered(caller.id(), request.pathParam("id"));
        var client = ClientPresence.of(request);
        ServerSentEvents.answer(request, events -> {
            var told = new Told(events);
            var json = explainer.explain(caller, text, asked, progress -> {
                client.requireThere();
                told.tell(progress);
            });
            events.send("explanation", json);
        });
    }

    /** What the client has heard of how far it is. */
    private static final class Told {

        private static final Duration HEARTBEAT = Duration.ofSeconds(10);

        private final ServerSentEvents events;
        private Optional<ExplanationProgress> last = Optional.empty();
        private long at = System.nanoTime();

        Told(ServerSentEvents events) {
            this.events = events;
        }

        void tell(Optional<ExplanationProgress> progress) {
            if (!progress.equals(last)) events.send("progress", progress.map(Told::json).orElseThrow());
            else if (System.nanoTime() - at > HEARTBEAT.toNanos()) events.sendHeartbeat();
            else return;
            last = progress;
            at = System.nanoTime();
        }

        private static ObjectNode json(ExplanationProgress progress) {
            return JsonNodeFactory.instance.objectNode().put("stage", progress.stage()).put("done", progress.done())
                    .put("total", progress.total());
        }
    }

    private static ExplanationRequest asked(Context request) {
        return new ExplanationRequest(number(request, "token"), number(request, "contrast"), analyses(request),
                "true".equals(request.queryParam("check")));
    }

    private static OptionalInt number(Context request, String name) {
        var given = request.queryParam(name);
        if (given == null) return OptionalInt.empty();
        if (!given.matches("[0-9]{1,9}")) throw ApiError.badRequest(name, name + " must be a number from 0 on.");
        return OptionalInt.of(Integer.parseInt(given));
    }

    private static Set<Analysis> analyses(Context request) {
        var given = request.queryParam("analyses");
        if (given == null) return ExplanationRequest.FIRST.analyses();
        var analyses = EnumSet.noneOf(Analysis.class);
        for (var name : given.split(",")) {
            analyses.add(Analysis.named(name)
                    .orElseThrow(() -> ApiError.badRequest("analyses", "analyses names one that there is not: " + name + ".")));
        }
        return analyses;
    }
}
