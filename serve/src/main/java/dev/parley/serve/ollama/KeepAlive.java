package dev.parley.serve.ollama;

import dev.parley.serve.http.JsonFields;
import dev.parley.serve.models.ModelPool;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The field {@code keep_alive}: how long a model stays in memory after its last use, in seconds or as {@code 5m}.
 *
 * @param time 0 lets it go at once; empty where it stays as long as there is room, which a negative number says too
 * @param said whether the request has the field
 */
record KeepAlive(Optional<Duration> time, boolean said) {

    private static final String NUMBER = "(\\d+(?:\\.\\d*)?|\\.\\d+)";
    private static final Pattern PART = Pattern.compile(NUMBER + "(ns|us|µs|μs|ms|s|m|h)");
    private static final Pattern WHOLE = Pattern.compile("[+-]?(" + PART.pattern() + ")+|[+-]?0");
    private static final int LONGEST_TEXT = 40;
    private static final double LONGEST = Duration.ofDays(3650).toSeconds();

    static KeepAlive read(JsonFields fields) {
        var given = fields.any("keep_alive");
        if (given.isEmpty()) return new KeepAlive(Optional.empty(), false);
        var value = given.get();
        if (value.isNumber()) return of(value.doubleValue());
        if (value.isTextual() && value.textValue().length() <= LONGEST_TEXT && WHOLE.matcher(value.textValue()).matches())
            return of(seconds(value.textValue()));
        throw fields.wrong("keep_alive", "a number of seconds, or a duration such as \"5m\"");
    }

    private static KeepAlive of(double seconds) {
        var forGood = seconds < 0 || seconds > LONGEST;
        return new KeepAlive(forGood ? Optional.empty() : Optional.of(Duration.ofNanos((long) (seconds * 1e9))), true);
    }

    private static double seconds(String text) {
        var sum = 0.0;
        for (var part = PART.matcher(text); part.find();) sum += Double.parseDouble(part.group(1)) * inSeconds(part.group(2));
        return text.startsWith("-") ? -sum : sum;
    }

    private static double inSeconds(String unit) {
        return switch (unit) {
            case "h" -> 3600;
            case "m" -> 60;
            case "s" -> 1;
            case "ms" -> 1e-3;
            case "ns" -> 1e-9;
            default -> 1e-6;
        };
    }

    /** Whether a request that asks nothing else lets the model go. */
    boolean unloads() {
        return time.filter(Duration::isZero).isPresent();
    }

    /** Says so to the models. A request without the field leaves it as it is. */
    void tell(ModelPool models, String id) {
        if (said) models.keep(id, time);
    }
}
