/**
 * The web chat's page: which files it is made of, and how they are served. {@link dev.parley.serve.page.PageRoutes} is where to
 * start; the page itself is in the resource folder {@code web}, where {@code js/app.js} is.
 *
 * <pre>{@code
 * var page = new PageRoutes();
 * page.addTo(config.routes);
 * }</pre>
 */
package dev.parley.serve.page;
