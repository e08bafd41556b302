package dev.parley.serve.lessons;

import java.util.Set;

/**
 * The lessons of a server, and who may have some made.
 *
 * @param everyone whether everybody who may log in may have lessons made of their own feedback; of a server where nobody logs in, this
 *     does not matter
 * @param administrators names of users who may have lessons made of everybody's feedback, for everybody
 */
public record ServedLessons(Lessons lessons, LessonMaker maker, boolean everyone, Set<String> administrators) {

    public ServedLessons {
        administrators = Set.copyOf(administrators);
    }
}
