package dev.parley.serve.chat;

import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.chat.documents.ConversationDocuments;
import dev.parley.serve.chat.documents.DocumentRoutes;
import dev.parley.serve.chat.explaining.AnswerExplainer;
import dev.parley.serve.chat.history.AllowedTools;
import dev.parley.serve.chat.history.Attachments;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Edits;
import dev.parley.serve.chat.history.Export;
import dev.parley.serve.chat.history.Import;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Presets;
import dev.parley.serve.chat.history.Quota;
import dev.parley.serve.chat.history.Ratings;
import dev.parley.serve.chat.history.ServerLease;
import dev.parley.serve.chat.running.ChatEngine;
import dev.parley.serve.chat.running.ConversationSources;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.chat.tools.ConversationTools;
import dev.parley.serve.chat.tools.ToolRoutes;
import dev.parley.serve.http.Routes;
import dev.parley.serve.lessons.RunningLesson;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.StoreException;
import io.javalin.config.RoutesConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The web chat's side of a server. It expects that {@link dev.parley.serve.accounts.Caller} is known of each request. What
 * servers that are gone left half-written is marked as interrupted, and what was deleted long ago is forgotten once a day.
 */
public final class WebChat implements Routes {

    private static final Duration RENEWED = ServerLease.LASTS.dividedBy(4);

    private final Conversations conversations;
    private final ConversationDocuments documents;
    private final ConversationTools tools;
    private final RunningAnswers answers;
    private final Consumer<String> note;
    private final List<Routes> groups;
    private final ServerLease lease;
    private final AnswerExplainer explainer;
    private final Optional<RunningLesson> running;
    private final ScheduledExecutorService upkeep = Executors.newScheduledThreadPool(2,
            Thread.ofPlatform().daemon().name("parley-upkeep-", 0).factory());

    /**
     * @param assistants that are offered beside the models
     * @param sources that conversations can answer from; stay the caller's
     * @param teaching of the models, where that is offered
     * @param auth whether people log in
     * @param note takes what the operator should know, in lines
     */
    public WebChat(Database database, ModelPool models, ServedAssistants assistants, ChatSources sources,
            Optional<ServedLessons> teaching, boolean auth, Consumer<String> note) {
        this.note = note;
        var quota = auth ? Quota.SHARED : Quota.ALONE;
        var messages = new Messages(database, quota);
        conversations = new Conversations(database, quota);
        lease = new ServerLease(database);
        documents = new ConversationDocuments(sources.folder(), sources.embedder(), sources.folders(), new Attachments(database, quota),
                note);
        tools = new ConversationTools(sources.tools(), new AllowedTools(database));
        answers = new RunningAnswers(new ChatEngine(models), assistants, models,
                (owner, conversation) -> ConversationSources.of(owner, conversation, documents, tools), messages, lease.id(), note);
        explainer = new AnswerExplainer(models, !auth); // where people log in, what is inside is the operator's
        running = teaching.map(t -> new RunningLesson(t.lessons(), t.maker()));
        var lessons = teaching.map(t -> new LessonRoutes(t, running.orElseThrow(), models, database, auth));
        lessons.ifPresent(routes -> routes.faults().forEach(note));
        groups = new ArrayList<>(List.of(
                new ChatModelRoutes(models, assistants, caller -> lessons.filter(routes -> routes.offers(caller)).isPresent()), new PresetRoutes(new Presets(database, quota)),
                new ConversationRoutes(conversations, messages, answers),
                new TransferRoutes(conversations, new Export(conversations, messages), new Import(database, quota)),
                new AnswerRoutes(answers), new EventRoutes(answers), new ExplanationRoutes(answers, explainer),
                new PassageRoutes(assistants, documents, answers),
                new RatingRoutes(new Ratings(database, quota), new Edits(database, quota)), new DocumentRoutes(documents), new ToolRoutes(tools)));
        lessons.ifPresent(groups::add);
        interruptLeft();
        upkeep.scheduleWithFixedDelay(this::goOn, RENEWED.toMillis(), RENEWED.toMillis(), TimeUnit.MILLISECONDS);
        upkeep.scheduleAtFixedRate(this::purge, 0, 1, TimeUnit.DAYS);
    }

    private void interruptLeft() {
        var left = answers.interruptLeft();
        if (left > 0) note.accept(left + " answers that were being generated when their server stopped have been marked as interrupted.");
    }

    private void goOn() {
        try {
            lease.renew();
            interruptLeft();
        } catch (StoreException e) {
            note.accept("This server could not renew its lease: " + e.getMessage());
        }
    }

    private void purge() {
        try {
            conversations.purge(System.currentTimeMillis() - Conversations.KEPT_ASIDE.toMillis());
            documents.upkeep();
        } catch (StoreException e) {
            note.accept("Deleted conversations could not be purged: " + e.getMessage());
        }
    }

    @Override
    public void addTo(RoutesConfig routes) {
        groups.forEach(group -> group.addTo(routes));
    }

    /** Takes no new answers, and lets those that are being written finish for a time; the rest is kept as interrupted. */
    public void finish(Duration grace) {
        running.ifPresent(RunningLesson::close);
        answers.finish(grace);
        explainer.finish();
        documents.close();
        upkeep.shutdownNow();
        try {
            lease.close();
        } catch (StoreException e) {
            note.accept("This server could not give up its lease: " + e.getMessage());
        }
    }
}
