package dev.parley.cli.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.Key;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import dev.parley.serve.accounts.User;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys list}. */
@Command(name = "list", description = "List the keys with their limits and today's use, without the secrets.",
        footer = {"", "Example:", "  ./parley keys list --json"})
final class ListKeysCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Mixin
    private DataOptions data;

    ListKeysCommand(Output output) {
        this.output = output;
    }

    private record Result(List<Row> keys) {}

    private record Row(String id, String name, String user, String created, String expires, String state,
            @JsonProperty("requests_per_minute") Long requestsPerMinute,
            @JsonProperty("tokens_per_minute") Long tokensPerMinute, @JsonProperty("tokens_per_day") Long tokensPerDay,
            @JsonProperty("tokens_today") long tokensToday) {

        static Row of(Key key) {
            return new Row(key.id(), key.name(), key.owner().map(User::name).orElse(null), key.created().toString(),
                    key.expires().map(Instant::toString).orElse(null), ListKeysCommand.state(key),
                    orNull(key.limits().requestsPerMinute()), orNull(key.limits().tokensPerMinute()), orNull(key.limits().tokensPerDay()),
                    key.tokensToday());
        }

        private static Long orNull(long limit) {
            return limit == 0 ? null : limit;
        }
    }

    @Override
    public Integer call() {
        try (var database = data.open()) {
            var keys = new Keys(database).all();
            if (json) output.json(new Result(keys.stream().map(Row::of).toList()));
            else if (keys.isEmpty()) output.note("There are no keys; ./parley keys create NAME makes one.");
            else write(keys);
            return Parley.DONE;
        }
    }

    private void write(List<Key> keys) {
        var names = Math.max(4, keys.stream().mapToInt(key -> key.name().length()).max().orElseThrow());
        var users = Math.max(4, keys.stream().mapToInt(key -> key.owner().map(u -> u.name().length()).orElse(1)).max().orElseThrow());
        var format = "%-8s  %-" + names + "s  %-" + users + "s  %-10s  %-10s  %12s  %s";
        output.line(String.format(format, "ID", "NAME", "USER", "STATE", "EXPIRES", "TOKENS TODAY", "LIMITS"));
        for (var key : keys) {
            var expires = key.expires().map(time -> LocalDate.ofInstant(time, ZoneId.systemDefault()).toString()).orElse("-");
            output.line(String.format(format, key.id(), key.name(), key.owner().map(User::name).orElse("-"), state(key), expires,
                    key.tokensToday(), text(key.limits())));
        }
    }

    private static String state(Key key) {
        if (key.revoked()) return "revoked";
        if (key.owner().map(User::disabled).orElse(false)) return "disabled";
        return key.works(Instant.now()) ? "works" : "expired";
    }

    private static String text(KeyLimits limits) {
        var parts = new ArrayList<String>();
        if (limits.requestsPerMinute() > 0) parts.add(limits.requestsPerMinute() + " requests a minute");
        if (limits.tokensPerMinute() > 0) parts.add(limits.tokensPerMinute() + " tokens a minute");
        if (limits.tokensPerDay() > 0) parts.add(limits.tokensPerDay() + " tokens a day");
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
