package dev.parley.serve;

import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.moderation.RuleModerator;
import dev.parley.serve.accounts.Keys;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.anthropic.MessageErrors;
import dev.parley.serve.anthropic.MessagesRoutes;
import dev.parley.serve.anthropic.ModelJson;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.chat.ChatSources;
import dev.parley.serve.chat.WebChat;
import dev.parley.serve.gate.Gate;
import dev.parley.serve.gate.SessionRoutes;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ApiPaths;
import dev.parley.serve.http.BodyLimits;
import dev.parley.serve.http.Connections;
import dev.parley.serve.http.ErrorForm;
import dev.parley.serve.http.ErrorHandlers;
import dev.parley.serve.http.ErrorJson;
import dev.parley.serve.http.RequestGuard;
import dev.parley.serve.http.RequestMemory;
import dev.parley.serve.http.Routes;
import dev.parley.serve.http.UnreadBodies;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.log.AccessLog;
import dev.parley.serve.metrics.MetricsRoutes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.ollama.OllamaRoutes;
import dev.parley.serve.openai.catalog.ModelRoutes;
import dev.parley.serve.openai.catalog.OpenApiRoutes;
import dev.parley.serve.openai.catalog.PropsRoutes;
import dev.parley.serve.openai.chat.ChatRoutes;
import dev.parley.serve.openai.completions.CompletionRoutes;
import dev.parley.serve.openai.embeddings.EmbeddingRoutes;
import dev.parley.serve.openai.reranking.RerankRoutes;
import dev.parley.serve.openai.responses.ResponseRoutes;
import dev.parley.serve.openai.texts.ModerationRoutes;
import dev.parley.serve.openai.texts.TokenRoutes;
import dev.parley.serve.page.PageRoutes;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.StoreException;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A running server. Its routes come in groups, each a class of its own; here they are put together.
 *
 * <p>It takes requests as soon as it is started; those that need a model wait until it is loaded. Closing it refuses new
 * requests, lets running answers finish for the settings' grace, and frees the models. The database remains its owner's.
 */
public final class ParleyServer implements AutoCloseable {

    private static final Duration LAST_MOMENT = Duration.ofSeconds(10);

    private final ServerSettings settings;
    private final Connections.Limits limits;
    private final ModelPool models;
    private final ServedAssistants assistants;
    private final Optional<Moderator> guardModel;
    private final Database database;
    private final Consumer<String> note;
    private final MetricsRoutes metrics;
    private final ErrorHandlers errors;
    private final WebChat chat;
    private final PageRoutes page = new PageRoutes();
    private final AccessLog log;
    private final Javalin javalin;
    private volatile boolean stopping;

    private ParleyServer(ServerSettings settings, Connections.Limits limits, ModelPool models, ServedAssistants assistants,
            ChatSources sources, Optional<ServedLessons> teaching, Optional<Moderator> guardModel, Database database, Consumer<String> note) {
        this.settings = settings;
        this.limits = limits;
        this.models = models;
        this.assistants = assistants;
        this.guardModel = guardModel;
        this.database = database;
        this.note = note;
        metrics = new MetricsRoutes(models);
        errors = new ErrorHandlers(note, ParleyServer::errorForm);
        chat = new WebChat(database, models, assistants, sources, teaching, settings.auth(), note);
        log = AccessLog.open(settings.accessLog(), settings.logTexts(), note);
        javalin = Javalin.create(this::configure);
    }

    /** The shape in which a request's errors are told: that of the API that it speaks. */
    private static ErrorForm errorForm(Context request) {
        if (MessageErrors.areFor(request)) return MessageErrors.begin(request);
        return ApiPaths.isOllamas(request.path()) ? OllamaRoutes::error : ErrorJson::of;
    }

    /**
     * Starts to listen. The default model is loaded meanwhile, unless that has begun already.
     *
     * @param note takes what the operator should know, in lines
     * @throws IllegalArgumentException if the address is taken or not this machine's
     */
    public static ParleyServer start(ServerSettings settings, ModelPool models, Database database, Consumer<String> note) {
        return start(settings, models, ServedAssistants.NONE, database, note);
    }

    /** The same with assistants, which stay the caller's. */
    public static ParleyServer start(ServerSettings settings, ModelPool models, ServedAssistants assistants, Database database,
            Consumer<String> note) {
        return start(settings, models, assistants, sources(database), Optional.empty(), Optional.empty(), database, note);
    }

    /**
     * The same with what conversations can answer from and a guard model, which stay the caller's too.
     *
     * @param teaching of the models, where people may do that
     * @param guardModel that moderates; rules do without one
     */
    public static ParleyServer start(ServerSettings settings, ModelPool models, ServedAssistants assistants, ChatSources sources,
            Optional<ServedLessons> teaching, Optional<Moderator> guardModel, Database database, Consumer<String> note) {
        return start(settings, Connections.Limits.STANDARD, models, assistants, sources, teaching, guardModel, database, note);
    }

    static ChatSources sources(Database database) {
        return ChatSources.in(database.folder().orElseGet(() -> Path.of(System.getProperty("user.home"), ".parley")));
    }

    static ParleyServer start(ServerSettings settings, Connections.Limits limits, ModelPool models, ServedAssistants assistants,
            ChatSources sources, Optional<ServedLessons> teaching, Optional<Moderator> guardModel, Database database, Consumer<String> note) {
        models.load(models.defaultId());
        var server = new ParleyServer(settings, limits, models, assistants, sources, teaching, guardModel, database, note);
        try {
            server.javalin.start(settings.host(), settings.port());
        } catch (RuntimeException e) {
            server.metrics.close();
            server.chat.finish(Duration.ZERO);
            server.log.close();
            throw new IllegalArgumentException("The server cannot listen at " + settings.host() + ":" + settings.port() + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + " Choose another port with --port.", e);
        }
        server.noteWhoMayCome();
        Thread.startVirtualThread(server::finishStart);
        return server;
    }

    /** What requests can do without for a moment, and the loading of the model should not be held up by. */
    private void finishStart() {
        try {
            models.lease(Optional.empty()).close();
        } catch (ApiError e) {
            // it cannot be loaded, which who asks for it is told
        }
        page.load();
        metrics.watchJava();
    }

    private void noteWhoMayCome() {
        if (!settings.auth() && settings.trustProxy())
            note.accept("Warning: anyone the proxy lets through has full access. Use --auth to require a login or a key.");
        if (!settings.auth() || !new Users(database).isEmpty() || !new Keys(database).isEmpty()) return;
        note.accept(
                "Nobody can use this server yet. Add a user with ./parley users add NAME, or create a key with ./parley keys create NAME, "
                        + "with the same --data or --database-url. No restart is needed.");
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.concurrency.useVirtualThreads = true; // a request's thread waits for the engine most of its time
        config.http.maxRequestSize = settings.largestBody();
        // An answer that is kept for the log must be readable there.
        if (log.wantsTexts()) config.http.compressionStrategy = CompressionStrategy.NONE;
        var guard = new RequestGuard(limits, new BodyLimits(settings.largestBody()), RequestMemory.ofHeap(settings.auth()),
                log.wantsTexts());
        new Connections(settings.host(), settings.port(), limits, guard, log).configure(config);
        config.routes.exception(StoreException.class,
                (e, request) -> errors.fault(e, request, "The server's database is not responding properly."));
        config.router.javaLangErrorHandler(errors::error);
        for (var group : groups()) group.addTo(config.routes);
    }

    private List<Routes> groups() {
        return List.of(metrics, errors, new UnreadBodies(), new Gate(settings, database, () -> stopping),
                new SessionRoutes(settings, database),
                new HealthRoutes(models, () -> stopping, HealthRoutes.LONGEST_PASS),
                new ModelRoutes(models, assistants, new ModelJson()), new EmbeddingRoutes(models), new RerankRoutes(models),
                new ChatRoutes(models, assistants),
                new CompletionRoutes(models),
                new ResponseRoutes(models, assistants), new MessagesRoutes(models, assistants),
                new ModerationRoutes(Lazy.of(() -> guardModel.orElseGet(RuleModerator::load))), new TokenRoutes(models),
                new PropsRoutes(settings, models),
                new OllamaRoutes(models, assistants), new OpenApiRoutes(), chat, page);
    }

    /** What it answers, such as {@code GET /health}. */
    List<String> routes() {
        return javalin.unsafe.internalRouter.allHttpHandlers().stream().map(parsed -> parsed.endpoint)
                .filter(endpoint -> endpoint.method.isHttpMethod())
                .map(endpoint -> endpoint.method + " " + endpoint.path).toList();
    }

    /** The port that it listens at. */
    public int port() {
        return javalin.port();
    }

    /** Where it is reached, as a browser takes it. */
    public String address() {
        var host = switch (settings.host()) {
            case "127.0.0.1", "0.0.0.0", "::" -> "localhost";
            case String name -> name.contains(":") ? "[" + name + "]" : name;
        };
        return "http://" + host + ":" + port();
    }

    /** Requests that do not end, whatever they do, shall not keep a server from ending. */
    private void stopListening() {
        var stop = Thread.ofPlatform().daemon().name("parley-stop").start(javalin::stop);
        try {
            if (!stop.join(LAST_MOMENT))
                note.accept("Some requests did not finish within " + LAST_MOMENT.toSeconds() + " s and were abandoned.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no more requests, finishes the answers that run, and frees the models. */
    @Override
    public void close() {
        stopping = true;
        var deadline = System.nanoTime() + settings.grace().toNanos();
        chat.finish(settings.grace());
        models.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        stopListening();
        metrics.close();
        log.close();
    }
}
