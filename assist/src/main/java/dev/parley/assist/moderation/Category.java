package dev.parley.assist.moderation;

import java.util.Arrays;
import java.util.Optional;

/** Kinds of harm, by the names of OpenAI's moderation API. */
public enum Category {
    HARASSMENT("harassment"),
    HARASSMENT_THREATENING("harassment/threatening"),
    HATE("hate"),
    HATE_THREATENING("hate/threatening"),
    ILLICIT("illicit"),
    ILLICIT_VIOLENT("illicit/violent"),
    SELF_HARM("self-harm"),
    SELF_HARM_INTENT("self-harm/intent"),
    SELF_HARM_INSTRUCTIONS("self-harm/instructions"),
    SEXUAL("sexual"),
    SEXUAL_MINORS("sexual/minors"),
    VIOLENCE("violence"),
    VIOLENCE_GRAPHIC("violence/graphic");

    private final String id;

    Category(String id) {
        this.id = id;
    }

    /** Its name in the API. */
    public String id() {
        return id;
    }

    /** The wider category that a text of this one is of too. */
    public Optional<Category> wider() {
        var slash = id.indexOf('/');
        return slash < 0 ? Optional.empty() : ofId(id.substring(0, slash));
    }

    /** The category of a name. */
    public static Optional<Category> ofId(String id) {
        return Arrays.stream(values()).filter(c -> c.id.equals(id)).findFirst();
    }
}
