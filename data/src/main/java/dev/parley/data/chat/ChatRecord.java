package dev.parley.data.chat;

/** What one line of a file teaches by: a conversation, a choice between two answers, a judged answer, or a question to be tried. */
public sealed interface ChatRecord permits Chat, PreferencePair, RatedAnswer, VerifiablePrompt {

    /** The conversation that it stands on, up to where the answers begin; of a chat all of it. */
    Chat conversation();
}
