package dev.parley.serve.http;

import java.util.regex.Pattern;

/** How large a body may be, by route: most need little, and nobody should be able to fill memory before they log in. */
public final class BodyLimits {

    private static final long SHORT = 16 << 10; // names, passwords, identifiers
    private static final long LONG = 6 << 20; // a message of a million characters, each as JSON writes it at most
    private static final Pattern SHORT_ROUTES = Pattern
            .compile("/api/(login|logout|password|answers/[^/]+/(stop|calls/[^/]+)|conversations/[^/]+/(restore|comparisons))/?");

    private static final Pattern FILES = Pattern.compile("/api/conversations/[^/]+/attachments/?");

    private final long largest;

    /** @param largest for any route */
    public BodyLimits(long largest) {
        this.largest = largest;
    }

    /** Bytes of a body that is sent to a path. */
    public long of(String path) {
        if (!ApiPaths.isPages(path) || path.equals("/api/import") || FILES.matcher(path).matches()) return largest;
        return Math.min(largest, SHORT_ROUTES.matcher(path).matches() ? SHORT : LONG);
    }

    /** Bytes that a body may have on any route. */
    public long largest() {
        return largest;
    }
}
