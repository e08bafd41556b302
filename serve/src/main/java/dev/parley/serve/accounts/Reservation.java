package dev.parley.serve.accounts;

import java.util.concurrent.atomic.AtomicBoolean;

/** Tokens that are set aside for one request, until it says how many it has used. */
public final class Reservation {

    private final Meter meter;
    private final long prompt;
    private final long answers;
    private final AtomicBoolean settled = new AtomicBoolean();

    Reservation(Meter meter, long prompt, long answers) {
        this.meter = meter;
        this.prompt = prompt;
        this.answers = answers;
    }

    /** Tokens to be read. */
    public long prompt() {
        return prompt;
    }

    /** Tokens that may be made. */
    public long answers() {
        return answers;
    }

    /** Counts what was used, and gives back the rest. Only the first time counts. It may be called when the request itself is over. */
    public void settle(long used) {
        if (!settled.getAndSet(true)) meter.settle(prompt + answers, used);
    }
}
