package dev.parley.serve.openai.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.Lazy;
import dev.parley.serve.Version;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.Routes;
import dev.parley.serve.sampling.SettingsForm;
import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code /openapi.json}: what is served, in OpenAPI 3.1. A test holds the document against the server. */
public final class OpenApiRoutes implements Routes {

    private final Lazy<ObjectNode> document = Lazy.of(OpenApiRoutes::read);

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/openapi.json", request -> JsonBody.write(request, document.get()));
    }

    private static ObjectNode read() {
        try (var in = OpenApiRoutes.class.getResourceAsStream("openapi.json")) {
            var document = (ObjectNode) JsonBody.JSON.readTree(in);
            ((ObjectNode) document.path("info")).put("version", Version.text());
            // Settings stand where they are declared; the file has the rest.
            ((ObjectNode) document.at("/components/schemas/Sampling/properties")).setAll(SettingsForm.requestSchemas());
            ((ObjectNode) document.at("/components/schemas/Settings/properties")).setAll(SettingsForm.defaultSchemas());
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException("The description of the API cannot be read.", e);
        }
    }
}
