package dev.parley.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.hub.HubException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;

/**
 * What is asked of the hub: which models there are, which files a revision has, what a file is, and its bytes. Redirects are followed by
 * hand, since the token must not go with them: it is sent to the endpoint's own origin, and to nobody once a request has been sent
 * elsewhere. What another try may mend is a {@link RetryableException}.
 */
final class HubClient implements AutoCloseable {

    private static final int MOST_REDIRECTS = 8;
    private static final int LARGEST_ANSWER = 32 << 20;
    /** The query of the address of the next page in a header Link (RFC 8288), in which nothing is that an address could not have. */
    private static final Pattern NEXT = Pattern.compile("<[^<>?]*\\?([A-Za-z0-9_.~%&=+*-]{1,4000})>; *rel=\"next\"");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubSettings settings;
    private final HttpClient http;

    /** The bytes of a file from one on, up to another; that is {@link #END} where all that follow are wanted. */
    private record Span(long from, long to) {

        static final long END = Long.MAX_VALUE;
        static final Span ALL = new Span(0, END);

        Optional<String> header() {
            return to != END ? Optional.of("bytes=" + from + "-" + (to - 1))
                    : from > 0 ? Optional.of("bytes=" + from + "-") : Optional.empty();
        }
    }

    /** A file's bytes from an offset on; the offset is 0 where the server does not give parts. */
    record Part(long offset, ResponseBody body) {}

    /** @param own whether the hub itself answers, and not whom it redirects to */
    private record Answer(HttpResponse<ResponseBody> response, boolean own) implements AutoCloseable {

        int status() {
            return response.statusCode();
        }

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        @Override
        public void close() {
            response.body().close();
        }
    }

    HubClient(HubSettings settings) {
        this.settings = settings;
        // HTTP/1.1: parallel downloads get a connection each, and a cut one takes no other with it.
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.patience()).proxy(settings.proxies()).build();
    }

    // ---- what is asked ----

    /** What there is of a model. @param sizes whether those of its files are asked for too */
    ModelListing card(HubModel model, boolean sizes) throws RetryableException, InterruptedException {
        var address = address("/api/models/" + model.id() + "/revision/" + encoded(model.revision()) + (sizes ? "?blobs=true" : ""));
        try (var answer = ask("GET", address, Span.ALL, true)) {
            if (answer.status() != 200) throw refusal(answer, model, "");
            var card = ModelListing.of(json(model.toString(), answer));
            card.requireCommit(model);
            return card;
        }
    }

    /** A part of what a search found. @param next the query of the next part; empty where there is none */
    record Page(List<ModelListing> models, Optional<String> next) {}

    /** Searches for models. @param query of the address */
    Page search(String query) throws RetryableException, InterruptedException {
        try (var answer = ask("GET", address("/api/models?" + query), Span.ALL, true)) {
            if (answer.status() != 200) throw new HubException(answer.status() == 401 ? Reason.ACCESS : Reason.DAMAGED,
                    "The hub at " + settings.endpoint() + " answers a search with status " + answer.status() + ".");
            var json = json("The search", answer);
            if (!json.isArray())
                throw new HubException(Reason.DAMAGED, "The search: the answer is no list of models; is HF_ENDPOINT the address of a hub?");
            var found = new ArrayList<ModelListing>();
            for (var model : json) found.add(ModelListing.of(model));
            return new Page(found, answer.header("Link").map(NEXT::matcher).filter(Matcher::find).map(next -> next.group(1)));
        }
    }

    RemoteFile describe(HubModel model, String commit, String file) throws RetryableException, InterruptedException {
        try (var answer = ask("HEAD", fileAddress(model, commit, file), Span.ALL, false)) {
            var elsewhere = answer.status() / 100 == 3;
            if (answer.status() != 200 && !elsewhere) throw refusal(answer, model, file);
            var told = answer.header("X-Repo-Commit").orElse(commit);
            if (!told.equals(commit)) throw new HubException(Reason.DAMAGED,
                    model + ": commit " + commit + " was asked for, and " + ModelListing.shown(told) + " was answered.");
            var etag = answer.header("X-Linked-Etag").or(() -> elsewhere ? Optional.empty() : answer.header("ETag"));
            var size = answer.header("X-Linked-Size").or(() -> elsewhere ? Optional.empty() : answer.header("Content-Length"));
            if (etag.isEmpty() || size.isEmpty() || !size.get().matches("[0-9]{1,18}")) {
                throw new HubException(Reason.DAMAGED,
                        model + ": the server does not tell the ETag and the size of " + file + "; is HF_ENDPOINT the address of a hub?");
            }
            return new RemoteFile(file, etag.get().replaceFirst("^W/", "").replaceAll("^\"|\"$", ""), Long.parseLong(size.get()));
        }
    }

    /** The caller closes the body. */
    Part open(HubModel model, String commit, RemoteFile file, long offset) throws RetryableException, InterruptedException {
        var answer = ask("GET", fileAddress(model, commit, file.name()), new Span(offset, Span.END), true);
        var given = false;
        try {
            if (answer.header("Content-Encoding").filter(e -> !e.equalsIgnoreCase("identity")).isPresent()) {
                throw new HubException(Reason.DAMAGED, file.name() + ": the server sends it compressed, though it was asked not to.");
            }
            if (answer.status() == 206) {
                var range = "bytes " + offset + "-" + (file.size() - 1) + "/" + file.size();
                var came = answer.header("Content-Range").orElse("");
                if (!came.equals(range)) {
                    throw new HubException(Reason.DAMAGED,
                            file.name() + ": " + range + " of it was asked for, and " + ModelListing.shown(came) + " came.");
                }
            } else if (answer.status() != 200) {
                throw refusal(answer, model, file.name());
            }
            given = true;
            return new Part(answer.status() == 206 ? offset : 0, answer.response().body());
        } finally {
            if (!given) answer.close();
        }
    }

    /**
     * Some bytes of a file, for what is looked at before it is downloaded.
     *
     * @param to at most; fewer come where the file ends before
     */
    byte[] bytes(HubModel model, String commit, String file, long from, long to) throws RetryableException, InterruptedException {
        try (var answer = ask("GET", fileAddress(model, commit, file), new Span(from, to), true)) {
            if (answer.status() != 206 && answer.status() != 200) throw refusal(answer, model, file);
            var skipped = answer.status() == 206 ? 0 : from; // who gives no parts gives it from its beginning
            if (answer.status() == 206 && !answer.header("Content-Range").orElse("").startsWith("bytes " + from + "-"))
                throw new HubException(Reason.DAMAGED, file + ": its bytes from " + from + " on were asked for, and others came.");
            var bytes = read(answer, to - from + skipped);
            return Arrays.copyOfRange(bytes, (int) Math.min(skipped, bytes.length), bytes.length);
        }
    }

    /** At most so many bytes of a body; the rest is not waited for. */
    private static byte[] read(Answer answer, long most) throws RetryableException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try {
            while (bytes.size() < most) {
                var piece = answer.response().body().next();
                if (!piece.hasRemaining()) break;
                var array = new byte[(int) Math.min(piece.remaining(), most - bytes.size())];
                piece.get(array);
                bytes.writeBytes(array);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw RetryableException.of(e);
        }
    }

    // ---- one request, with its redirects ----

    /** @param leave whether a redirect to another origin is followed, or is itself the answer */
    private Answer ask(String method, URI address, Span span, boolean leave) throws RetryableException, InterruptedException {
        var trusted = true;
        for (int n = 0; n <= MOST_REDIRECTS; n++) {
            trusted &= settings.isOwn(address);
            var answer = send(method, address, span, trusted);
            if (answer.status() / 100 != 3 || answer.status() == 304) return answer;
            var next = next(address, answer);
            if (!leave && !HubSettings.sameOrigin(address, next)) return answer;
            answer.close();
            address = next;
        }
        throw new HubException(Reason.DAMAGED,
                settings.endpoint() + " leads in a circle of redirects; is HF_ENDPOINT the address of a hub?");
    }

    private URI next(URI address, Answer answer) {
        try {
            var next = address.resolve(answer.header("Location").orElseThrow(() -> new IllegalArgumentException("no Location")));
            var web = "https".equalsIgnoreCase(next.getScheme())
                    || "http".equalsIgnoreCase(next.getScheme()) && "http".equalsIgnoreCase(address.getScheme());
            if (web && next.getHost() != null) return next;
        } catch (IllegalArgumentException e) {
            // told below
        }
        answer.close();
        throw new HubException(Reason.DAMAGED, address.getHost() + " redirects to what is no safe address.");
    }

    private Answer send(String method, URI address, Span span, boolean trusted) throws RetryableException, InterruptedException {
        var request = HttpRequest.newBuilder(address).method(method, HttpRequest.BodyPublishers.noBody()).timeout(settings.patience())
                .header("User-Agent", "parley").header("Accept-Encoding", "identity"); // else sizes are those of what is compressed
        span.header().ifPresent(range -> request.header("Range", range));
        if (trusted) settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.secret()));
        try {
            return busy(new Answer(http.send(request.build(), head -> new ResponseBody(settings.patience())), settings.isOwn(address)));
        } catch (SSLHandshakeException e) {
            throw new HubException(Reason.UNREACHABLE, address.getHost() + ": no safe connection is possible (" + e.getMessage()
                    + "); see whether a proxy stands between, and whether the clock is right.", e);
        } catch (IOException e) {
            throw RetryableException.of(e);
        }
    }

    /** A server that is busy or broken may not be so the next time. */
    private static Answer busy(Answer answer) throws RetryableException {
        var status = answer.status();
        if (status != 429 && status != 408 && status / 100 != 5) return answer;
        answer.close();
        throw new RetryableException(
                status == 429 ? "the server has had too many requests (429)" : "the server has a fault (" + status + ")",
                answer.header("Retry-After").flatMap(text -> Retries.retryAfter(text, ZonedDateTime.now(ZoneOffset.UTC))));
    }

    private HubException refusal(Answer answer, HubModel model, String file) throws RetryableException, InterruptedException {
        // Addresses of a store of files are signed for a while; the hub gives a fresh one at the next try.
        if (!answer.own()) throw new RetryableException("where the hub redirects to, the answer is " + answer.status());
        return new Refusal(settings, model, file).of(answer.status(), answer::header, () -> exists(model));
    }

    /** A mirror may not say what it is that it has not. */
    private boolean exists(HubModel model) throws RetryableException, InterruptedException {
        try (var answer = ask("GET", address("/api/models/" + model.id()), Span.ALL, true)) {
            return answer.status() == 200;
        }
    }

    // ---- addresses and answers ----

    private URI fileAddress(HubModel model, String commit, String file) {
        var path = new StringBuilder("/" + model.id() + "/resolve/" + commit);
        for (var part : file.split("/")) path.append('/').append(encoded(part));
        return address(path.toString());
    }

    private URI address(String path) {
        return URI.create(settings.endpoint() + path);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode json(String asked, Answer answer) throws RetryableException, InterruptedException {
        var bytes = read(answer, LARGEST_ANSWER + 1L);
        if (bytes.length > LARGEST_ANSWER)
            throw new HubException(Reason.DAMAGED, asked + ": the answer is longer than a list of files can be.");
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new HubException(Reason.DAMAGED, asked + ": the answer is no JSON; is HF_ENDPOINT the address of a hub?", e);
        } catch (IOException e) { // bytes that are no characters
            throw new HubException(Reason.DAMAGED, asked + ": the answer is no JSON (" + e.getMessage() + ").", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
