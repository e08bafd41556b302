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
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;

/**
 * The hub's side of a download, three questions: which files a revision has, what a file is, and its bytes from an offset
 * on. Redirects are followed by hand, since the token must not go with them: it is sent to the endpoint's own origin, and
 * to nobody once a request has been sent elsewhere. What another try may mend is a {@link RetryableException}.
 */
final class HubClient implements AutoCloseable {

    private static final int MOST_REDIRECTS = 8;
    private static final int LARGEST_ANSWER = 32 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HubSettings settings;
    private final HttpClient http;

    /** The files of a revision. @param commit what the revision stands for now */
    record Listing(String commit, List<String> files) {}

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

    // ---- the three questions ----

    Listing list(HubModel model) throws RetryableException, InterruptedException {
        var address = address("/api/models/" + model.id() + "/revision/" + encoded(model.revision()));
        try (var answer = ask("GET", address, 0, true)) {
            if (answer.status() != 200) throw refusal(answer, model, "");
            return listing(model, json(model, answer));
        }
    }

    /** What an answer says that a model has. */
    static Listing listing(HubModel model, JsonNode json) {
        var commit = json.path("sha").asText("");
        if (!HubModel.isCommit(commit) || !json.path("siblings").isArray()) {
            throw new HubException(Reason.DAMAGED,
                    model + ": the answer tells neither commit nor files; is HF_ENDPOINT the address of a hub?");
        }
        var files = new ArrayList<String>();
        for (var file : json.path("siblings")) files.add(file.path("rfilename").asText(""));
        return new Listing(commit, files);
    }

    RemoteFile describe(HubModel model, String commit, String file) throws RetryableException, InterruptedException {
        try (var answer = ask("HEAD", fileAddress(model, commit, file), 0, false)) {
            var elsewhere = answer.status() / 100 == 3;
            if (answer.status() != 200 && !elsewhere) throw refusal(answer, model, file);
            var told = answer.header("X-Repo-Commit").orElse(commit);
            if (!told.equals(commit)) throw new HubException(Reason.DAMAGED,
                    model + ": commit " + commit + " was asked for, and " + shown(told) + " was answered.");
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
        var answer = ask("GET", fileAddress(model, commit, file.name()), offset, true);
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
                            file.name() + ": " + range + " of it was asked for, and " + shown(came) + " came.");
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

    // ---- one request, with its redirects ----

    /** @param leave whether a redirect to another origin is followed, or is itself the answer */
    private Answer ask(String method, URI address, long offset, boolean leave) throws RetryableException, InterruptedException {
        var trusted = true;
        for (int n = 0; n <= MOST_REDIRECTS; n++) {
            trusted &= settings.isOwn(address);
            var answer = send(method, address, offset, trusted);
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

    private Answer send(String method, URI address, long offset, boolean trusted) throws RetryableException, InterruptedException {
        var request = HttpRequest.newBuilder(address).method(method, HttpRequest.BodyPublishers.noBody()).timeout(settings.patience())
                .header("User-Agent", "parley").header("Accept-Encoding", "identity"); // else sizes are those of what is compressed
        if (offset > 0) request.header("Range", "bytes=" + offset + "-");
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

    // ---- what a refusal means ----

    private HubException refusal(Answer answer, HubModel model, String file) throws RetryableException, InterruptedException {
        // Addresses of a store of files are signed for a while; the hub gives a fresh one at the next try.
        if (!answer.own()) throw new RetryableException("where the hub redirects to, the answer is " + answer.status());
        var code = answer.header("X-Error-Code").orElse("");
        var status = answer.status();
        if (code.equals("GatedRepo")) return gated(model);
        if (code.equals("RepoNotFound")) return noModel(model);
        if (code.equals("RevisionNotFound")) return noRevision(model);
        if (code.equals("EntryNotFound")) return noFile(model, file);
        return switch (status) {
            case 401 -> settings.token().isEmpty() ? noModel(model)
                    : new HubException(Reason.ACCESS,
                            model.id() + ": the hub does not accept your token; make a new one and set HF_TOKEN to it.");
            case 403 -> settings.token().isEmpty() ? gated(model)
                    : new HubException(Reason.ACCESS, model.id() + ": your token may not read this model; ask for access at " + page(model)
                            + ", or use another in HF_TOKEN.");
            case 404 -> !file.isEmpty() ? noFile(model, file)
                    : model.revision().equals(HubModel.DEFAULT_REVISION) || !exists(model) ? noModel(model) : noRevision(model);
            case 416 -> new HubException(Reason.DAMAGED, file + ": the server does not have the part of it that was asked for.");
            default -> new HubException(Reason.DAMAGED, model + ": the hub answers with status " + status
                    + shown(answer.header("X-Error-Message").map(m -> " (" + m + ")").orElse("")) + ".");
        };
    }

    /** A mirror may not say what it is that it has not. */
    private boolean exists(HubModel model) throws RetryableException, InterruptedException {
        try (var answer = ask("GET", address("/api/models/" + model.id()), 0, true)) {
            return answer.status() == 200;
        }
    }

    private HubException gated(HubModel model) {
        return new HubException(Reason.ACCESS,
                model.id() + " is gated: accept its terms at " + page(model) + ", and set HF_TOKEN to a token of "
                        + (settings.token().isEmpty() ? "your account." : "the account that did so."));
    }

    private HubException noModel(HubModel model) {
        return new HubException(Reason.NO_MODEL, "The hub at " + settings.endpoint() + " has no model " + model.id()
                + (settings.token().isEmpty() ? "; correct the name, or set HF_TOKEN if the model is private or gated."
                        : " that your token may see; correct the name, or use another token in HF_TOKEN."));
    }

    private HubException noRevision(HubModel model) {
        return new HubException(Reason.NO_REVISION,
                model.id() + " has no revision " + model.revision() + "; name a branch, a tag or a commit of " + page(model) + ".");
    }

    private HubException noFile(HubModel model, String file) {
        return new HubException(Reason.NO_FILE, model + " has no file " + file + "; see " + page(model) + " for those it has.");
    }

    private String page(HubModel model) {
        return settings.endpoint() + "/" + model.id();
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

    private JsonNode json(HubModel model, Answer answer) throws RetryableException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try {
            for (var piece = answer.response().body().next(); piece.hasRemaining(); piece = answer.response().body().next()) {
                if (bytes.size() + piece.remaining() > LARGEST_ANSWER)
                    throw new HubException(Reason.DAMAGED, model + ": the answer is longer than a list of files can be.");
                var array = new byte[piece.remaining()];
                piece.get(array);
                bytes.writeBytes(array);
            }
            return JSON.readTree(bytes.toByteArray());
        } catch (JsonProcessingException e) {
            throw new HubException(Reason.DAMAGED, model + ": the answer is no JSON; is HF_ENDPOINT the address of a hub?", e);
        } catch (IOException e) {
            throw RetryableException.of(e);
        }
    }

    private static String shown(String text) {
        var clean = text.replaceAll("\\p{C}", "?");
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "…";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
