package dev.parley.serve.http;

import io.javalin.config.RoutesConfig;

/** Routes that belong together. */
@FunctionalInterface
public interface Routes {

    /** Adds the routes with their handlers to a server that has not started yet. */
    void addTo(RoutesConfig routes);
}
