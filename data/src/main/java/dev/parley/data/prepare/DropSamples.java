package dev.parley.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Some of the documents that each rule dropped, by chance from all of them; the same for the same input. */
final class DropSamples {

    private static final int OF_A_RULE = 5;
    private static final int RULES = 200; // languages are rules too
    private static final int CHARACTERS = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
    private final Map<String, Integer> seen = new LinkedHashMap<>();
    private final SplittableRandom random = new SplittableRandom(1);

    private record Sample(String step, String rule, String source, String text) {}

    /** Reservoir sampling, Vitter's algorithm R (1985, doi:10.1145/3147.3165). */
    void add(String step, String rule, String source, String text, int from) {
        var key = step + "\n" + rule;
        if (!samples.containsKey(key) && samples.size() >= RULES) return;
        var all = samples.computeIfAbsent(key, _ -> new ArrayList<>());
        var n = seen.merge(key, 1, Integer::sum);
        var place = all.size() < OF_A_RULE ? all.size() : random.nextInt(n);
        if (place >= OF_A_RULE) return;
        var start = Math.clamp(from - CHARACTERS / 4, 0, Math.max(0, text.length() - CHARACTERS));
        var sample = new Sample(step, rule, source, text.substring(start, Math.min(text.length(), start + CHARACTERS)));
        if (place == all.size()) all.add(sample);
        else all.set(place, sample);
    }

    void write(Path file) throws IOException {
        var lines = new StringBuilder();
        for (var rule : samples.values()) for (var sample : rule) lines.append(json(sample)).append('\n');
        DurableFile.write(file, lines.toString());
    }

    private static String json(Sample sample) throws JsonProcessingException {
        return JSON.writeValueAsString(sample);
    }
}
