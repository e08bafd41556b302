package dev.parley.assist.guard;

import dev.parley.assist.Assistants;
import dev.parley.assist.check.TestQuestion;
import dev.parley.assist.check.TestQuestion.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The messages that {@link EmergencyClassifier} learns from ({@code emergency-examples.txt}). A line is a kind or {@code harmless}, a
 * colon, and the message, which may have alternatives in brackets; of their combinations a fixed draw is taken.
 */
final class EmergencyExamples {

    /**
     * A message, and the emergency that it is; none if it is harmless.
     *
     * @param weight what it counts in a fit: many combinations of one line say less than as many lines
     */
    record Example(String text, Optional<EmergencyGuardrail.Kind> kind, double weight) {}

    private static final String HARMLESS = "harmless";
    private static final int DRAWN = 40; // combinations of one line at most
    private static final double WEIGHT = 3; // of a line with a single message

    private EmergencyExamples() {}

    static List<Example> load() throws IOException {
        var examples = written();
        addQuestions(examples);
        return examples;
    }

    /** What the assistants are asked otherwise is harmless. */
    private static void addQuestions(List<Example> examples) throws IOException {
        for (var file : files("questions.jsonl")) {
            for (var question : TestQuestion.read(file)) {
                if (question.kind() != Kind.ANSWER && question.kind() != Kind.UNKNOWN) continue;
                examples.add(new Example(question.question(), Optional.empty(), WEIGHT));
            }
        }
    }

    private static Path assistants() {
        try {
            return Path.of(Assistants.class.getResource("/assistants/index.txt").toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> files(String end) throws IOException {
        try (var files = Files.walk(assistants())) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    private static List<Example> written() throws IOException {
        var examples = new ArrayList<Example>();
        var random = new Random(1);
        try (var in = new BufferedReader(new InputStreamReader(
                EmergencyExamples.class.getResourceAsStream("emergency-examples.txt"), StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isBlank() || line.startsWith("#")) continue;
                var sides = line.split(": ", 2);
                var kind = sides[0].equals(HARMLESS) ? Optional.<EmergencyGuardrail.Kind>empty()
                        : Optional.of(EmergencyGuardrail.Kind.valueOf(sides[0].toUpperCase(Locale.ROOT)));
                var texts = texts(sides[1], random);
                for (var text : texts) examples.add(new Example(text, kind, WEIGHT / Math.sqrt(texts.size())));
            }
        }
        return examples;
    }

    private static Set<String> texts(String line, Random random) {
        var parts = Stream.of(line.split("[\\[\\]]", -1)).map(part -> part.split("\\|", -1)).toList();
        if (parts.size() == 1) return Set.of(line);
        var texts = new LinkedHashSet<String>();
        for (int draw = 0; draw < 2 * DRAWN && texts.size() < DRAWN; draw++) {
            var text = new StringBuilder();
            for (var choices : parts) text.append(choices[random.nextInt(choices.length)]);
            texts.add(text.toString().replaceAll(" +", " ").strip());
        }
        return texts;
    }
}
