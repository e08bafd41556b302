package dev.parley.serve.work;

import dev.parley.serve.accounts.Caller;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import io.javalin.http.Context;
import java.util.function.Supplier;

/** What a request has computed before its answer begins, by {@link ComputePool}, as long as its client is there. */
public final class ClientWork {

    private ClientWork() {}

    /** @throws ClientGone if the client leaves meanwhile */
    public static <T> T run(Context request, Supplier<T> what) {
        return ComputePool.shared().run(Caller.of(request).id(), ClientPresence.of(request)::requireThere, what);
    }
}
