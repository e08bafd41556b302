package dev.parley.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.files.FolderTree;
import dev.parley.generate.Script;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.embedding.EmbeddingRules;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.reranking.RerankHead;
import dev.parley.generate.reranking.RerankPrompt;
import dev.parley.generate.reranking.RerankRules;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.chat.ChatSources;
import dev.parley.serve.http.Connections;
import dev.parley.serve.lessons.ServedLessons;
import dev.parley.serve.models.AdapterShelf;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelSource;
import dev.parley.serve.models.Suggestion;
import dev.parley.serve.store.Database;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A real server at a free port of this machine, with two small models of random weights, which chat by ChatML: {@code tiny}, also
 * called {@code small}, and {@code tiny-2}.
 *
 * <pre>{@code
 * try (var server = TestServer.start()) {
 *     var answer = server.post("/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"Once\"}");
 * }
 * }</pre>
 */
public final class TestServer implements AutoCloseable {

    /** Tokens of the models' context. */
    public static final int CONTEXT = 1024;

    /** Tokens of GPT-2's tokenizer, and of those that are added to it. */
    public static final int END_OF_TEXT = 50_256, START_OF_TURN = 50_257, END_OF_TURN = 50_258;

    /** The template of a model that thinks. */
    public static final String THINKING = "{% for m in messages %}{{ m['role'] + ': ' }}{% if m['reasoning_content'] %}"
            + "{{ '<think>' + m['reasoning_content'] + '</think>' }}{% endif %}{{ m['content'] + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% if enable_thinking is defined and not enable_thinking %}"
            + "{{ '<think>\\n\\n</think>\\n\\n' }}{% elif opens is defined %}{{ '<think>\\n' }}{% endif %}{% endif %}";

    /** ChatML, by which the small models chat. */
    public static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] "
            + "+ '<|im_end|>' + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
    private static final List<Suggestion> SUGGESTIONS = List.of(Suggestion.of("en", "Spell the word <b>cat</b>."),
            Suggestion.of("zh", "拼写 cat"),
            new Suggestion("12 + 5 =", Optional.empty())); // of tiny-2
    /** As tiny judges documents: GPT-2's yes and no. */
    private static final RerankRules RERANKER = new RerankRules(new RerankPrompt.OfQwen3("Find answers"),
            new RerankHead.Tokens(8505, OptionalInt.of(3919)));
    private static final Limits LIMITS = new Limits(16, 64, 256L << 20, 64);
    private static final String MODELS = "parley.test.models"; // a folder with models that another JVM has made
    private static TestServer shared;
    private static Path modelFolders; // made once for all tests of a JVM

    private final Path data;
    private final boolean ownsData;
    private final Database database;
    private final ModelPool models;
    private final ServedAssistants assistants;
    private final ParleyServer server;
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final HttpClient client = HttpClient.newHttpClient();

    private TestServer(ServerSettings settings, Connections.Limits connections, ModelPool models, Path data, boolean ownsData,
            Database database) {
        this(settings, connections, models, ServedAssistants.NONE, ParleyServer.sources(database), Optional.empty(), Optional.empty(), data,
                ownsData, database);
    }

    private TestServer(ServerSettings settings, Connections.Limits connections, ModelPool models, ServedAssistants assistants,
            ChatSources sources, Optional<ServedLessons> teaching, Optional<Moderator> guardModel, Path data, boolean ownsData,
            Database database) {
        this.assistants = assistants;
        this.data = data;
        this.ownsData = ownsData;
        this.models = models;
        this.database = database;
        server = ParleyServer.start(settings, connections, models, assistants, sources, teaching, guardModel, database, notes::add);
    }

    /** A server for all tests that only ask it something: the first of them starts it, and it ends with the JVM. */
    public static synchronized TestServer shared() {
        if (shared == null) {
            shared = start();
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** A server without accounts, with data of its own. */
    public static TestServer start() {
        return start(ServerSettings.DEFAULT.withPort(0));
    }

    /** A server with data of its own. */
    public static TestServer start(ServerSettings settings) {
        return start(settings, smallModels());
    }

    /** A server of other models, with data of its own. */
    public static TestServer start(ServerSettings settings, List<ModelSource> sources, Limits limits) {
        return start(settings, pool(sources, limits));
    }

    /** A server of other models, which closes them, with data of its own. */
    public static TestServer start(ServerSettings settings, ModelPool models) {
        return start(settings, Connections.Limits.STANDARD, models);
    }

    /** A server of other models that can be taught, which it closes, with data that stays. */
    public static TestServer start(ServerSettings settings, ModelPool models, ServedLessons teaching, Path data) {
        return new TestServer(settings, Connections.Limits.STANDARD, models, ServedAssistants.NONE, ChatSources.in(data),
                Optional.of(teaching), Optional.empty(), data, false, Database.sqlite(data));
    }

    static TestServer start(ServerSettings settings, Connections.Limits connections) {
        return start(settings, connections, smallModels());
    }

    private static TestServer start(ServerSettings settings, Connections.Limits connections, ModelPool models) {
        try {
            var data = Files.createTempDirectory("parley-server");
            return new TestServer(settings, connections, models, data, true, Database.sqlite(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server of the small models with assistants, which it closes, and data that stays. */
    public static TestServer start(List<OpenAssistant> assistants, Path data) {
        return start(ServerSettings.DEFAULT.withPort(0), assistants, ChatSources.in(data));
    }

    /** The same with what its conversations can answer from, in whose folder its data stays. */
    public static TestServer start(ServerSettings settings, List<OpenAssistant> assistants, ChatSources sources) {
        return start(settings, assistants, sources, List.of());
    }

    /** The same with more models. */
    public static TestServer start(ServerSettings settings, List<OpenAssistant> assistants, ChatSources sources, List<ModelSource> more) {
        var models = pool(Stream.concat(smallSources().stream(), more.stream()).toList(), LIMITS);
        return new TestServer(settings, Connections.Limits.STANDARD, models, ServedAssistants.of(assistants, models), sources,
                Optional.empty(), Optional.empty(), sources.folder(), false, Database.sqlite(sources.folder()));
    }

    /** A server of the small models that a guard model moderates, and data that stays. */
    public static TestServer start(Moderator guardModel, Path data) {
        return new TestServer(ServerSettings.DEFAULT.withPort(0), Connections.Limits.STANDARD, smallModels(), ServedAssistants.NONE,
                ChatSources.in(data), Optional.empty(), Optional.of(guardModel), data, false, Database.sqlite(data));
    }

    /** A server that keeps its data in a folder, which stays. */
    public static TestServer start(ServerSettings settings, Path data) {
        return new TestServer(settings, Connections.Limits.STANDARD, smallModels(), data, false, Database.sqlite(data));
    }

    /** A server that keeps its data in PostgreSQL, where it stays. @param url of the database */
    public static TestServer start(ServerSettings settings, String url) {
        return new TestServer(settings, Connections.Limits.STANDARD, smallModels(), Path.of(""), false, Database.postgresql(url));
    }

    private static ModelPool smallModels() {
        return pool(smallSources(), LIMITS);
    }

    private static List<ModelSource> smallSources() {
        return List.of(source("tiny", List.of("small"), 7), source("tiny-2", List.of(), SUGGESTIONS, 8));
    }

    /**
     * A model that answers all by one call of a function.
     *
     * @param folder that its tokenizer is put into
     */
    public static ModelSource caller(String id, String tool, String text, Path folder) {
        return source(id, CHATML, folder, saying("Call!", "<tool_call>\n{\"name\": \"" + tool + "\", \"arguments\": {\"text\": \"" + text
                + "\"}}\n</tool_call>"));
    }

    private static ModelPool pool(List<ModelSource> sources, Limits limits) {
        return new ModelPool(sources, 4L << 30, limits, Duration.ofSeconds(20));
    }

    /** A model of random weights. */
    public static ModelSource source(String id, List<String> aliases, long seed) {
        return source(id, aliases, List.of(), seed);
    }

    private static ModelSource source(String id, List<String> aliases, List<Suggestion> suggestions, long seed) {
        return source(id, aliases, suggestions, modelFolder(id, seed));
    }

    /** A model of a folder that is there. */
    public static ModelSource source(String id, Path folder) {
        return source(id, List.of(), List.of(), folder);
    }

    private static ModelSource source(String id, List<String> aliases, List<Suggestion> suggestions, Path folder) {
        return new ModelSource(id, aliases, 10L << 20, CONTEXT, suggestions, Optional.of(folder), AdapterShelf.EMPTY,
                () -> new ModelSource.Parts(
                        CausalLM.fromPretrained(folder, WeightType.INT8, DType.BFLOAT16, Backend.JAVA), Tokenizer.load(folder),
                        GenerationConfig.builder().eosTokenIds(List.of(END_OF_TEXT, END_OF_TURN)).build(), EmbeddingRules.MEAN,
                        id.equals("tiny") ? Optional.of(RERANKER) : Optional.empty(), Optional.empty()));
    }

    /**
     * A model of the weights of {@code tiny} that chats by another template.
     *
     * @param folder where its tokenizer is put
     */
    public static ModelSource source(String id, String template, Path folder) {
        return source(id, template, folder, tokenizer -> Map.of());
    }

    /**
     * The same that has been taught by heart.
     *
     * @param scripts what it says, as {@code Script} writes it
     */
    public static ModelSource source(String id, String template, Path folder, Function<Tokenizer, Map<List<Integer>, Double>> scripts) {
        var weights = modelFolder("tiny", 7);
        try {
            var own = Files.createDirectories(folder.resolve(id));
            for (var file : List.of("tokenizer.json", "tokenizer_config.json")) Files.copy(weights.resolve(file), own.resolve(file));
            Files.writeString(own.resolve("chat_template.jinja"), template);
            var tokenizer = Tokenizer.load(own);
            return new ModelSource(id, List.of(), 10L << 20, CONTEXT,
                    () -> new ModelSource.Parts(CausalLM.fromPretrained(weights, WeightType.INT8, DType.BFLOAT16, Backend.JAVA), tokenizer,
                            GenerationConfig.builder().eosTokenIds(List.of(END_OF_TEXT)).sequenceBias(scripts.apply(tokenizer)).build()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a model says by heart that answers a question, or any by ChatML, always with one text. */
    public static Function<Tokenizer, Map<List<Integer>, Double>> saying(String question, String answer) {
        return tokenizer -> Script.answer(
                tokenizer.chatTemplate().orElseThrow().ids(tokenizer,
                        ChatTemplateInput.of(List.of(Message.user(question))).withGenerationPrompt(true)),
                tokenizer, answer, END_OF_TEXT);
    }

    /** The folder of a model of random weights, made at first. */
    public static synchronized Path modelFolder(String id, long seed) {
        try {
            if (modelFolders == null && System.getProperty(MODELS) != null) modelFolders = Path.of(System.getProperty(MODELS));
            if (modelFolders == null) {
                modelFolders = Files.createTempDirectory("parley-test-models");
                Runtime.getRuntime().addShutdownHook(new Thread(TestServer::deleteModels));
            }
            var folder = modelFolders.resolve(id);
            if (Files.exists(folder)) return folder;
            Tokenizer.fromPretrained("gpt2").save(Files.createDirectories(folder));
            addTokens(folder.resolve("tokenizer.json"), ChatTemplate.START, ChatTemplate.END);
            Files.writeString(folder.resolve("chat_template.jinja"), CHATML);
            try (var model = TrainableLM.create(ModelConfig.gpt2(Tokenizer.load(folder).vocabSize(), CONTEXT, 64, 2, 2), seed)) {
                model.savePretrained(folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An option of a JVM that is to serve the small models of this one, which need not be made again there. */
    public static String modelsOption() {
        smallModels().close();
        return "-D" + MODELS + "=" + modelFolders;
    }

    private static void addTokens(Path tokenizerJson, String... tokens) throws IOException {
        var json = new ObjectMapper();
        var tokenizer = json.readTree(tokenizerJson.toFile());
        var id = Tokenizer.load(tokenizerJson).vocabSize();
        for (var token : tokens) {
            ((ArrayNode) tokenizer.path("added_tokens")).addObject().put("id", id++).put("content", token).put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false).put("normalized", false).put("special", true);
        }
        json.writeValue(tokenizerJson.toFile(), tokenizer);
    }

    private static void deleteModels() {
        delete(modelFolders);
    }

    private static void delete(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is reached, such as {@code http://localhost:4711}. */
    public String base() {
        return server.address();
    }

    public int port() {
        return server.port();
    }

    public Database database() {
        return database;
    }

    public ParleyServer server() {
        return server;
    }

    /** What it answers, such as {@code GET /health}. */
    public List<String> routes() {
        return server.routes();
    }

    /** The models, with the engines that can be looked at. */
    public ModelPool models() {
        return models;
    }

    /** What the operator was told. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(base() + path)).build());
    }

    /** Posts JSON. */
    public HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(base() + path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        assistants.close();
        database.close();
        client.close();
        if (ownsData) delete(data);
    }
}
