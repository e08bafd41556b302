package dev.parley.serve.http;

import io.javalin.config.RoutesConfig;

/** Routes that belong together. */
@FunctionalInterface
public interface Routes {

    void addTo(RoutesConfig routes);
}
