/**
 * What this server offers: its models, their settings, and the description of the API. {@link dev.parley.serve.openai.catalog.ModelRoutes}
 * is where to start.
 *
 * <pre>{@code
 * curl localhost:8080/v1/models
 * curl localhost:8080/props
 * curl localhost:8080/openapi.json
 * }</pre>
 */
package dev.parley.serve.openai.catalog;
