package dev.parley.serve.chat.tools;

import dev.parley.assist.tools.Consent;
import dev.parley.assist.tools.ToolSource;
import dev.parley.serve.chat.history.AllowedTools;
import dev.parley.serve.http.ApiError;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The tools of conversations, and the calls that wait for somebody's consent. Who gives none in time has denied it; the model is told
 * so, and the answer goes on.
 */
public final class ConversationTools {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What somebody says to a call. */
    enum Decision {
        /** This call alone. */
        ONCE,
        /** This tool, for as long as the conversation lasts. */
        CONVERSATION,
        /** Not this call. */
        DENY;

        static Optional<Decision> of(String label) {
            return Stream.of(values()).filter(d -> d.name().toLowerCase(Locale.ROOT).equals(label)).findFirst();
        }
    }

    /** A call that waits. */
    private record Waiting(String owner, CompletableFuture<Decision> decision) {}

    /** Hears that a call waits for consent. */
    @FunctionalInterface
    public interface Asking {

        /** It waits, under an identifier by which it is decided. */
        void asked(String call);
    }

    private final ToolServers servers;
    private final AllowedTools allowed;
    private final Duration patience;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    /** Tools of these servers, which stay the caller's. */
    public ConversationTools(ToolServers servers, AllowedTools allowed) {
        this(servers, allowed, PATIENCE);
    }

    /** @param patience how long a call waits for consent */
    ConversationTools(ToolServers servers, AllowedTools allowed, Duration patience) {
        this.servers = servers;
        this.allowed = allowed;
        this.patience = patience;
        servers.refresh();
    }

    /** The sources of a conversation's tools. */
    public List<ToolSource> of(List<String> chosen) {
        return servers.chosen(chosen);
    }

    List<ToolServers.Listing> listings() {
        return servers.listings();
    }

    /**
     * The consent of one answer: what the operator or this person allowed before, and else what this person says.
     *
     * @param answer the message whose model calls
     * @param asking is told before somebody is waited for
     */
    public Consent consent(String owner, String conversation, String answer, Asking asking) {
        return (source, tool, arguments) -> servers.allows(source, tool) || allowed.list(owner, conversation).contains(source + "/" + tool)
                || asked(owner, conversation, answer, source + "/" + tool, asking);
    }

    private boolean asked(String owner, String conversation, String answer, String tool, Asking asking) {
        var call = UUID.randomUUID().toString(); // nobody decides on a call by what they saw of another
        var key = answer + "/" + call;
        var decision = new CompletableFuture<Decision>();
        waiting.put(key, new Waiting(owner, decision));
        try {
            asking.asked(call);
            var decided = decision.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (decided == Decision.CONVERSATION) allowed.allow(owner, conversation, tool);
            return decided != Decision.DENY;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } finally {
            waiting.remove(key);
        }
    }

    /** @throws ApiError 404 if no such call of this owner's waits */
    void decide(String owner, String answer, String call, Decision decision) {
        var waits = Optional.ofNullable(waiting.get(answer + "/" + call)).filter(w -> w.owner().equals(owner));
        if (waits.isEmpty() || !waits.get().decision().complete(decision))
            throw ApiError.of(404, "not_found", "This call does not wait for consent, or not any more.");
    }

    List<String> allowed(String owner, String conversation) {
        return allowed.list(owner, conversation);
    }

    void askAgain(String owner, String conversation) {
        allowed.clear(owner, conversation);
    }
}
