package dev.parley.assist.turn;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * A file with a line of JSON for each decision of a guardrail: when, which assistant, stage, guardrail, rule and reason, and never
 * what somebody wrote.
 */
public final class DecisionLog {

    private final Optional<Path> file;

    private DecisionLog(Optional<Path> file) {
        this.file = file;
    }

    /** Keeps nothing. */
    public static DecisionLog none() {
        return new DecisionLog(Optional.empty());
    }

    /** Adds to a file, which is made where it is not there. */
    public static DecisionLog in(Path file) {
        return new DecisionLog(Optional.of(file));
    }

    /** A turn whose decisions cannot be logged is answered all the same. */
    synchronized void add(String assistant, TurnResult result) {
        if (file.isEmpty() || result.decisions().isEmpty()) return;
        var lines = new StringBuilder();
        for (var decision : result.decisions()) {
            lines.append(JsonNodeFactory.instance.objectNode().put("time", Instant.now().toString()).put("assistant", assistant)
                    .put("stage", decision.stage().label()).put("guardrail", decision.guardrail())
                    .put("rule", decision.rule()).put("ended", decision.ended()).put("action", decision.action().label())
                    .put("reason", decision.reason())).append('\n');
        }
        try {
            Files.createDirectories(file.get().toAbsolutePath().getParent());
            Files.write(file.get(), lines.toString().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            System.getLogger(DecisionLog.class.getName()).log(System.Logger.Level.WARNING, file.get() + " cannot be written: " + e);
        }
    }
}
