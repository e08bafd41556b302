package dev.parley.generate;

import dev.parley.generate.config.GenerationConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What ends texts before they have: whoever asked wants no more of them, or {@code maxTime} has passed. */
final class Interruption {

    private final BooleanSupplier cancelled;
    private final boolean timed;
    private final long end;

    Interruption(GenerationConfig config, BooleanSupplier cancelled) {
        this.cancelled = cancelled;
        timed = config.maxTime() > 0;
        end = System.nanoTime() + (long) (config.maxTime() * 1e9);
    }

    /** Why texts end now, if they do: cancelled, or of the length that there was time for. */
    Optional<FinishReason> reason() {
        if (cancelled.getAsBoolean()) return Optional.of(FinishReason.CANCELLED);
        return timed && System.nanoTime() - end >= 0 ? Optional.of(FinishReason.LENGTH) : Optional.empty();
    }

    /** Ends texts if it is time. */
    boolean ends(List<GrowingText> texts) {
        var reason = reason();
        reason.ifPresent(r -> texts.forEach(t -> t.end(r)));
        return reason.isPresent();
    }

    boolean ends(GrowingText text) {
        return ends(List.of(text));
    }
}
