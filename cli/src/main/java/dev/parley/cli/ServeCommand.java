package dev.parley.cli;

import dev.parley.cli.knowledge.EmbedderOption;
import dev.parley.cli.teach.TeachProcess;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.serve.ParleyServer;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.lessons.LessonAdapters;
import dev.parley.serve.lessons.Lessons;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.work.Carriers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley serve}: an OpenAI-compatible API and a web chat. */
@Command(name = "serve", description = "Serve models: an API for OpenAI's clients, and a web chat for browsers.",
        footer = {"", "Examples:", "  ./parley serve my-model",
            "  ./parley serve my-model fast=HuggingFaceTB/SmolLM2-135M-Instruct --port 9000 --quantize int8",
            "  ./parley serve my-model --assistant customer-service --assistant shop.yaml",
            "  ./parley serve my-model --moderation-model Qwen/Qwen3Guard-Gen-0.6B",
            "  ./parley serve my-model --knowledge handbook=docs/handbook --mcp-config mcp.json --allow-tool weather/forecast",
            "  ./parley users add ada && ./parley serve my-model --auth --host 0.0.0.0 --allowed-host chat.example.org", "",
            "Ctrl-C lets running answers finish. docs/serve.md tells more."})
final class ServeCommand implements Callable<Integer> {

    /** Most folders that are none are found out at once: then no address is told that nobody can use. */
    private static final Duration QUICK_FAULT = Duration.ofMillis(100);

    private final Output output;

    @Parameters(arity = "1..*", paramLabel = "[NAME=]MODEL",
            description = "Model folders, .gguf files or models of the hub. The first answers requests that name no model, and is loaded "
                    + "at start; the others are loaded on their first request.")
    private List<String> models;

    @Option(names = "--alias", paramLabel = "ALIAS=NAME",
            description = "Another name for a model, such as gpt-4o-mini=my-model for programs that insist on that name.")
    private List<String> aliases = List.of();

    @Option(names = "--draft-model", paramLabel = "[NAME=]MODEL",
            description = "A smaller model with the same tokenizer that proposes tokens for the model NAME, or for the first; answers do "
                    + "not change, and come sooner where the proposals are good.")
    private List<String> draftModels = List.of();

    @Option(names = "--adapter", paramLabel = "[MODEL:]NAME=FOLDER",
            description = "A LoRA adapter in PEFT's layout, of the model MODEL or of the first: clients ask for it as MODEL:NAME. May be "
                    + "repeated; texts of several adapters run in one batch.")
    private List<String> adapters = List.of();

    @Option(names = "--adapters", paramLabel = "[MODEL=]FOLDER",
            description = "A folder whose sub-folders are adapters by their names, also those that come and go while the server runs.")
    private List<String> adapterFolders = List.of();

    @Option(names = "--assistant", paramLabel = "NAME|FILE",
            description = "Also offer an assistant, one that comes with Parley or a YAML file, as a model of its name; may be repeated. "
                    + "The model that its file names answers if it is served, else the first.")
    private List<String> assistants = List.of();

    @Mixin
    private SourceOptions sourceOptions;

    @Mixin
    private EmbedderOption embedder;

    @Mixin
    private ModerationOptions moderation;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
            description = "Address to listen on; any but this machine's own requires --auth. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(names = "--port", paramLabel = "N", defaultValue = "8080",
            description = "Port to listen on; 0 picks a free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private DataOptions data;

    @Option(names = "--auth", description = "Require a key or a user's login (./parley keys, ./parley users).")
    private boolean auth;

    @Option(names = "--allow-teach",
            description = "With --auth: let every user have lessons made of their own feedback, for themselves. Without --auth, everybody "
                    + "may teach.")
    private boolean allowTeach;

    @Option(names = "--admin", paramLabel = "NAME",
            description = "With --auth: a user who may teach models by everybody's feedback, for everybody; may be repeated.")
    private Set<String> administrators = Set.of();

    @Option(names = "--lessons-for-api",
            description = "Answer requests of the APIs with the lesson for everybody that is in use, as the chat does; without it, they ask "
                    + "for it as MODEL:lesson-N.")
    private boolean lessonsForApi;

    @Option(names = "--allow-pull",
            description = "Let clients download models of the hub by Ollama's /api/pull, also where --auth is on; without it, they may.")
    private boolean allowPull;

    @Option(names = "--allowed-host", paramLabel = "NAME",
            description = "A host name by which clients may call this server, in addition to localhost.")
    private List<String> allowedHosts = List.of();

    @Option(names = "--allowed-origin", paramLabel = "ORIGIN",
            description = "Another site whose pages may call the API, such as https://example.org.")
    private List<String> allowedOrigins = List.of();

    @Option(names = "--trust-proxy",
            description = "Trust X-Forwarded-For and X-Forwarded-Proto, which a proxy in front of this server must set.")
    private boolean trustProxy;

    @Option(names = "--memory", paramLabel = "GIB",
            description = "Memory for all loaded models and their caches. Default: half of this machine's.")
    private Double memory;

    @Option(names = "--cache-memory", paramLabel = "GIB", defaultValue = "1",
            description = "Memory for each model's KV cache. Default: ${DEFAULT-VALUE}.")
    private double cacheMemory;

    @Option(names = "--max-running", paramLabel = "N", defaultValue = "32",
            description = "Sequences that a model continues at once. Default: ${DEFAULT-VALUE}.")
    private int maxRunning;

    @Option(names = "--max-waiting", paramLabel = "N", defaultValue = "256",
            description = "Requests that may wait; further ones get a 429. Default: ${DEFAULT-VALUE}.")
    private int maxWaiting;

    @Option(names = "--prefill-tokens", paramLabel = "N", defaultValue = "64",
            description = "Prompt tokens to read between two tokens of running answers. Default: ${DEFAULT-VALUE}.")
    private int prefillTokens;

    @Option(names = "--share-prefixes",
            description = "Share the prefix cache among all users. This saves time if they all have the same long instruction; "
                    + "but the speed of answers, and cached_tokens, reveal whether somebody has asked the same before.")
    private boolean sharePrefixes;

    @Option(names = "--max-body", paramLabel = "MIB", defaultValue = "16",
            description = "Largest size of a request's body. Default: ${DEFAULT-VALUE}.")
    private int maxBody;

    @Option(names = "--grace", paramLabel = "SECONDS", defaultValue = "30",
            description = "Time for running answers to finish when the server is stopped. Default: ${DEFAULT-VALUE}.")
    private int grace;

    @Option(names = "--access-log", paramLabel = "FILE",
            description = "File for the access log, one line of JSON for each request. Default: standard error.")
    private Path accessLog;

    @Option(names = "--log-texts", description = "Also write the texts of requests and answers to the access log.")
    private boolean logTexts;

    @Mixin
    private EngineOptions engine;

    ServeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        Carriers.letShareProcessors();
        var settings = settings();
        var limits = limits();
        var served = new ServedModels(engine, output);
        var lessons = Lessons.in(data.folder());
        var sources = served.sources(models, aliases, draftModels, adapters, adapterFolders).stream().map(source -> taught(source, lessons))
                .toList();
        var teaching = new ServedLessons(lessons, new TeachProcess(data), allowTeach, administrators());
        var stop = new CountDownLatch(1);
        var pool = new ModelPool(sources, memoryBytes(), limits, ModelPool.PATIENCE,
                allowPull || !auth ? Optional.of((name, listener) -> taught(served.fetcher().fetch(name, listener), lessons))
                        : Optional.empty());
        pool.load(pool.defaultId()); // while the database is opened and the routes are put together
        try (var database = data.open();
                var interruption = InterruptHandler.stops(stop::countDown, "Stopping: running answers are finished first.", output)) {
            try (var guard = moderation.open(engine, output);
                    var onOffer = new AssistantsOnOffer(data.folder(), guard.moderator(), embedder, output);
                    var offered = onOffer.open(assistants, pool);
                    var chatSources = new OpenSources(data.folder(), embedder, output);
                    var server = ParleyServer.start(settings, pool, offered, chatSources.open(sourceOptions), Optional.of(teaching), guard.moderator(),
                            database,
                            output::note)) {
                var failed = new AtomicBoolean();
                var watch = Thread.ofVirtual().start(() -> stopIfFirstFails(pool, failed, stop));
                watch.join(QUICK_FAULT);
                if (!failed.get())
                    output.line("The chat is at " + server.address() + ", the API at " + server.address() + "/v1. Ctrl-C stops.");
                output.flush();
                stop.await();
                if (failed.get()) return Parley.FAILED; // the model's loader has said why
            }
        }
        return Parley.INTERRUPTED;
    }

    private ModelSource taught(ModelSource source, Lessons lessons) {
        return source.folder().map(folder -> source.withTaught(new LessonAdapters(lessons, source.id(), folder, lessonsForApi)))
                .orElse(source);
    }

    private Set<String> administrators() {
        if ((allowTeach || !administrators.isEmpty()) && !auth)
            throw new WrongUsage("--allow-teach and --admin go with --auth; without it, everybody may teach.");
        return administrators.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    /**
     * A server without its first model is of no use to whoever started it. Models that fail later are told of, and tried again when they
     * are asked for.
     */
    private static void stopIfFirstFails(ModelPool pool, AtomicBoolean failed, CountDownLatch stop) {
        try {
            if (pool.awaitLoaded(pool.defaultId()).isEmpty()) return;
            failed.set(true);
            stop.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ServerSettings settings() {
        try {
            return new ServerSettings(host, port, auth, allowedHosts, allowedOrigins, trustProxy, (long) maxBody << 20,
                    Duration.ofSeconds(grace),
                    Optional.ofNullable(accessLog), logTexts);
        } catch (IllegalArgumentException e) {
            throw new WrongUsage(e.getMessage());
        }
    }

    private Limits limits() {
        try {
            return new Limits(maxRunning, maxWaiting, (long) (cacheMemory * (1L << 30)), prefillTokens, sharePrefixes);
        } catch (IllegalArgumentException e) {
            throw new WrongUsage(e.getMessage());
        }
    }

    private long memoryBytes() {
        if (memory != null) return (long) (memory * (1L << 30));
        var machine = (com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return machine.getTotalMemorySize() / 2;
    }
}
