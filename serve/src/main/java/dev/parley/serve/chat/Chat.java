package dev.parley.serve.chat;

import dev.parley.serve.Routes;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Export;
import dev.parley.serve.chat.history.Import;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Presets;
import dev.parley.serve.chat.history.Ratings;
import dev.parley.serve.chat.running.ModelAnswerer;
import dev.parley.serve.chat.running.RunningAnswers;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.StoreException;
import io.javalin.config.RoutesConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The web chat's side of a server. It expects that {@link dev.parley.serve.accounts.Caller} is known of each request. What an
 * earlier server left half-written is marked as interrupted when it is made, and what was deleted long ago is forgotten then
 * and once a day.
 */
public final class Chat implements Routes {

    private final Conversations conversations;
    private final RunningAnswers answers;
    private final Consumer<String> note;
    private final List<Routes> groups;
    private final ScheduledExecutorService daily = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("parley-purge").factory());

    /** @param note takes what the operator should know, in lines */
    public Chat(Database database, ModelPool models, Consumer<String> note) {
        this.note = note;
        var messages = new Messages(database);
        var answerer = new ModelAnswerer(models);
        conversations = new Conversations(database);
        answers = new RunningAnswers(answerer, messages, note);
        groups = List.of(new ModelRoutes(answerer), new PresetRoutes(new Presets(database)), new ConversationRoutes(conversations, messages, answers),
                new TransferRoutes(conversations, new Export(conversations, messages), new Import(database)), new AnswerRoutes(conversations, answers),
                new EventRoutes(answers), new RatingRoutes(new Ratings(database)));
        var left = messages.interruptRunning();
        if (left > 0) note.accept(left + " answers that were being written when the server ended are marked as interrupted.");
        daily.scheduleAtFixedRate(this::purge, 0, 1, TimeUnit.DAYS);
    }

    private void purge() {
        try {
            conversations.purge(System.currentTimeMillis() - Conversations.KEPT_ASIDE.toMillis());
        } catch (StoreException e) {
            note.accept("Deleted conversations could not be forgotten: " + e.getMessage());
        }
    }

    @Override
    public void addTo(RoutesConfig routes) {
        groups.forEach(group -> group.addTo(routes));
    }

    /** Takes no new answers, and lets those that are being written finish for a time; the rest is kept as interrupted. */
    public void finish(Duration grace) {
        daily.shutdownNow();
        answers.finish(grace);
    }
}
