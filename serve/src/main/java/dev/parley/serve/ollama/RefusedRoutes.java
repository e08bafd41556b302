package dev.parley.serve.ollama;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;

/** What Ollama does with the files of models, and this server leaves to its operator. */
final class RefusedRoutes implements Routes {

    @Override
    public void addTo(RoutesConfig routes) {
        routes.delete("/api/delete", refusal("removes no models; on its machine, ./parley models remove does"));
        routes.post("/api/copy", refusal("copies no models; ./parley serve --alias NEW=NAME gives one another name"));
        routes.post("/api/create", refusal("makes no models; an assistant's file gives one a system prompt and settings"));
        routes.post("/api/push", refusal("publishes no models"));
        routes.post("/api/blobs/{digest}", refusal("takes no files of models"));
        routes.head("/api/blobs/{digest}", refusal("takes no files of models"));
    }

    private static Handler refusal(String what) {
        return request -> {
            throw ApiError.badRequest("", request.path() + " is not supported: this server " + what + ".");
        };
    }
}
