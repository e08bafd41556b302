package dev.parley.tokenizer;

/**
 * A turn of a conversation.
 *
 * @param role system, user or assistant
 */
public record Message(String role, String content) {

    /**
     * Instructions for the whole conversation.
     *
     * @param content of plain text
     * @return a message of the role {@code system}
     */
    public static Message system(String content) {
        return new Message("system", content);
    }

    /**
     * What the user says.
     *
     * @param content of plain text
     * @return a message of the role {@code user}
     */
    public static Message user(String content) {
        return new Message("user", content);
    }

    /**
     * What the model answered, or is to answer.
     *
     * @param content of plain text
     * @return a message of the role {@code assistant}
     */
    public static Message assistant(String content) {
        return new Message("assistant", content);
    }
}
