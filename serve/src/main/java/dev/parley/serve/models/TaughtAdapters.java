package dev.parley.serve.models;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The adapters that a served model was taught by feedback, as {@code MODEL:lesson-3}. Some are one user's alone: for everybody else they
 * are not there.
 */
public interface TaughtAdapters {

    /** Who calls where nobody has said so: what is for everybody is theirs. */
    String NOBODY = "";

    /** None. */
    TaughtAdapters NONE = new TaughtAdapters() {

        @Override
        public Optional<Path> find(String name, String user) {
            return Optional.empty();
        }

        @Override
        public Optional<String> current(String user) {
            return Optional.empty();
        }

        @Override
        public Optional<String> ofRequests() {
            return Optional.empty();
        }

        @Override
        public List<String> names(String user) {
            return List.of();
        }
    };

    /** Where an adapter lies; empty where there is none of that name for this user. */
    Optional<Path> find(String name, String user);

    /** The one with which the chat answers a user who names the model alone. */
    Optional<String> current(String user);

    /** The one with which the APIs answer a request that names the model alone. */
    Optional<String> ofRequests();

    /** Those that a user is offered, in order. */
    List<String> names(String user);
}
