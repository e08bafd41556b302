package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.Version;
import dev.parley.serve.assistants.ServedAssistants;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** All that Ollama's clients call. */
public final class OllamaRoutes implements Routes {

    /** Of Ollama, whose API has the fields that this one has: clients ask for a least version. */
    private static final String SPOKEN = "0.13.0";

    private static final String RUNNING = "Ollama is running"; // what clients look for to know that somebody is there

    private final List<Routes> routes;

    /**
     * @param models that answer
     * @param assistants that are asked by their names
     */
    public OllamaRoutes(ModelPool models, ServedAssistants assistants) {
        var named = new NamedModels(models, assistants);
        routes = List.of(new ChatRoute(named), new GenerateRoute(named), new EmbedRoutes(named), new CatalogRoutes(named),
                new PullRoute(named), new RefusedRoutes());
    }

    @Override
    public void addTo(RoutesConfig to) {
        to.before("/", OllamaRoutes::probe);
        to.get("/api/version", request -> JsonBody.write(request,
                JsonNodeFactory.instance.objectNode().put("version", SPOKEN).put("parley", Version.text())));
        routes.forEach(group -> group.addTo(to));
    }

    /** Errors as Ollama tells them. */
    public static ObjectNode error(ApiError error) {
        return JsonNodeFactory.instance.objectNode().put("error", error.getMessage());
    }

    /**
     * At the page's address, all that take HTML get the page; Ollama's own clients, and those that ask for JSON or plain text alone, the
     * word that they look for.
     */
    private static void probe(Context request) {
        request.header("Vary", "Accept, User-Agent");
        if (!isProbe(request)) return;
        request.contentType("text/plain; charset=utf-8").result(RUNNING);
        request.skipRemainingHandlers();
    }

    private static boolean isProbe(Context request) {
        var accept = header(request, "Accept");
        return header(request, "User-Agent").startsWith("ollama")
                || !accept.isEmpty() && !accept.contains("*/*") && !accept.contains("text/*") && !accept.contains("html");
    }

    private static String header(Context request, String name) {
        return Optional.ofNullable(request.header(name)).orElse("").toLowerCase(Locale.ROOT);
    }
}
