package dev.parley.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the sources are, found by walking up from the folder that the tests run in. */
final class Repository {

    private Repository() {}

    static Path root() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("parley")) && Files.isRegularFile(folder.resolve("pom.xml"))) return folder;
        }
        throw new IllegalStateException("The tests run outside of the repository.");
    }
}
