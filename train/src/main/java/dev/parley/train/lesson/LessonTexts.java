package dev.parley.train.lesson;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Texts that come with lessons: a line each, those that begin with # are comments. */
final class LessonTexts {

    private LessonTexts() {}

    static List<String> lines(String name) {
        try (var in = LessonTexts.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException(name + " is not on the class path.");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
