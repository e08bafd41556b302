package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Takes the events of a message as it grows. */
@FunctionalInterface
interface MessageEvents {

    /** For a message that is taken as a whole. */
    MessageEvents UNHEARD = event -> {};

    /** @param event whose {@code type} says which it is */
    void tell(ObjectNode event);

    /** Told now and then, whether events come or not. */
    default void onWait() {}
}
