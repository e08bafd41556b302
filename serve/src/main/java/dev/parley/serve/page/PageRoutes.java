package dev.parley.serve.page;

import dev.parley.serve.Lazy;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;

/**
 * Serves the page at {@code /} and its files below {@code /assets/VERSION/}, where the version is a hash over all of them: what
 * has such an address never changes, and a browser keeps it for good. Modules name each other by relative paths, so all come
 * of one version.
 */
public final class PageRoutes implements Routes {

    private static final String FOR_GOOD = "public, max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";

    private final Lazy<PageFiles> files = Lazy.of(PageFiles::load);

    /** Reads the page's files now, so that its first reader need not wait for them. */
    public void load() {
        files.get();
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/", this::index);
        routes.get("/assets/{version}/<name>", this::file);
        routes.get("/favicon.ico", request -> request.redirect("/assets/" + files.get().version() + "/img/icon.svg"));
    }

    private void index(Context request) {
        var tag = files.get().indexTag();
        request.header("ETag", tag).header("Cache-Control", ASK_AGAIN);
        if (tag.equals(request.header("If-None-Match"))) request.status(304);
        else send(request, files.get().index());
    }

    private void file(Context request) {
        var file = files.get().find(request.pathParam("name"));
        if (file.isEmpty()) {
            request.status(404).contentType("text/plain; charset=utf-8").result("The page has no such file.");
            return;
        }
        // a page that was loaded before the server was renewed still finds what it loads later
        request.header("Cache-Control", request.pathParam("version").equals(files.get().version()) ? FOR_GOOD : ASK_AGAIN);
        send(request, file.get());
    }

    private static void send(Context request, PageFile file) {
        request.contentType(file.type()).header("Vary", "Accept-Encoding");
        if (file.compresses() && takesGzip(request)) request.header("Content-Encoding", "gzip").result(file.compressed());
        else request.result(file.content());
    }

    private static boolean takesGzip(Context request) {
        return Optional.ofNullable(request.header("Accept-Encoding")).orElse("")
                .matches("(?i)(.*,)?\\s*gzip\\s*(;\\s*q=(1|0\\.\\d*[1-9]\\d*)[0.]*\\s*)?(,.*)?");
    }
}
