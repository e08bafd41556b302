package dev.parley.cli.accounts;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.cli.WrongUsage;
import dev.parley.serve.accounts.KeyLimits;
import dev.parley.serve.accounts.Keys;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keys create}. */
@Command(name = "create", description = "Create a key and show it, only once: just its hash is stored.",
        footer = {"", "Examples:", "  ./parley keys create laptop",
            "  ./parley keys create course --expires 30d --requests-per-minute 20 --tokens-per-day 200000",
            "  export OPENAI_API_KEY=$(./parley keys create ci --expires 12h)"})
final class CreateKeyCommand implements Callable<Integer> {

    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,4})([mhdw])");

    private final Output output;

    @Parameters(paramLabel = "NAME", description = "What the key is for; shown in the list.")
    private String name;

    @Option(names = "--user", paramLabel = "NAME",
            description = "The user this key acts for; disabling the user disables the key. Default: no user.")
    private String user;

    @Option(names = "--expires", paramLabel = "TIME",
            description = "When the key expires: minutes, hours, days or weeks from now, such as 90m, 12h, 30d, 4w. Default: never.")
    private String expires;

    @Option(names = "--requests-per-minute", paramLabel = "N", description = "Requests allowed per minute. Default: no limit.")
    private Long requestsPerMinute;

    @Option(names = "--tokens-per-minute", paramLabel = "N",
            description = "Tokens allowed per minute, read and generated. Default: no limit.")
    private Long tokensPerMinute;

    @Option(names = "--tokens-per-day", paramLabel = "N", description = "Tokens allowed per day, from midnight UTC. Default: no limit.")
    private Long tokensPerDay;

    @Mixin
    private DataOptions data;

    CreateKeyCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        var limits = new KeyLimits(limit("--requests-per-minute", requestsPerMinute), limit("--tokens-per-minute", tokensPerMinute),
                limit("--tokens-per-day", tokensPerDay));
        var lasts = Optional.ofNullable(expires).map(CreateKeyCommand::time);
        try (var database = data.open()) {
            var made = new Keys(database).create(name, Optional.ofNullable(user), lasts, limits);
            output.line(made.secret());
            output.note(
                    "Keep it: it will not be shown again. Clients send it as \"Authorization: Bearer …\"; OpenAI's clients read it from "
                            + "OPENAI_API_KEY. "
                            + "./parley keys revoke " + made.key().id() + " ends it.");
            return Parley.DONE;
        }
    }

    private static long limit(String option, Long given) {
        if (given != null && given < 1) throw new WrongUsage(option + " must be at least 1; leave it out for no limit.");
        return given == null ? 0 : given;
    }

    private static Duration time(String text) {
        var parts = TIME.matcher(text);
        if (!parts.matches())
            throw new WrongUsage("--expires " + text + " is not a duration; write a number and m, h, d or w, such as 30d.");
        var number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }
}
