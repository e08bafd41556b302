package dev.parley.cli.assistant;

import dev.parley.assist.Assistants;
import dev.parley.assist.moderation.Moderator;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says where the indexes of assistants and the log of their decisions are kept. */
final class HomeOption {

    @Option(names = "--data", paramLabel = "DIR",
            description = "Folder for the indexes of assistants and the log of decisions. Default: ~/.parley.")
    private Path folder;

    /** The folder that was named, if one was. */
    Optional<Path> named() {
        return Optional.ofNullable(folder);
    }

    Path folder() {
        return named().orElseGet(() -> Path.of(System.getProperty("user.home"), ".parley")).resolve("assistants");
    }

    Assistants assistants() {
        return assistants(Optional.empty());
    }

    /** @param guardModel for assistants that moderate */
    Assistants assistants(Optional<Moderator> guardModel) {
        return new Assistants(folder(), guardModel);
    }
}
