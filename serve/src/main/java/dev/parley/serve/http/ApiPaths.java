package dev.parley.serve.http;

import java.util.regex.Pattern;

/** Paths below {@code /api} have two owners: the web page, and the clients of Ollama, whose API keeps its paths. */
public final class ApiPaths {

    private static final String BELOW = "/api/";
    private static final Pattern OLLAMA = Pattern
            .compile("/api/(generate|chat|tags|show|ps|embed|embeddings|version|pull|push|create|copy|delete|blobs/[^/]+)/?");

    private ApiPaths() {}

    /** Whether Ollama's clients call it. */
    public static boolean isOllamas(String path) {
        return path.startsWith(BELOW) && OLLAMA.matcher(path).matches();
    }

    /** Whether the web page calls it, and no other site's. */
    public static boolean isPages(String path) {
        return path.startsWith(BELOW) && !isOllamas(path);
    }
}
