package dev.parley.assist;

import dev.parley.assist.moderation.Moderator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Assistants by name or file. Those that come with Parley are resources, which are copied to a folder before they are read, so that
 * their knowledge is indexed as anybody's, and may be looked at and copied.
 *
 * <pre>{@code
 * var assistant = new Assistants(Path.of(".parley")).find("customer-service");
 * }</pre>
 */
public final class Assistants {

    private static final String RESOURCES = "/assistants/";
    private static final String FILE = "assistant.yaml";

    private final Path home;
    private final Optional<Moderator> guardModel;

    /**
     * @param home folder for the copies
     */
    public Assistants(Path home) {
        this(home, Optional.empty());
    }

    /** The same with a guard model for assistants that moderate. */
    public Assistants(Path home, Optional<Moderator> guardModel) {
        this.home = home;
        this.guardModel = guardModel;
    }

    /** Names of those that come with Parley. */
    public static List<String> builtIn() {
        var names = new TreeSet<String>();
        for (var file : files()) if (file.endsWith("/" + FILE)) names.add(file.substring(0, file.indexOf('/')));
        return List.copyOf(names);
    }

    /**
     * An assistant.
     *
     * @param nameOrFile of one that comes with Parley, or a file, or a folder with {@code assistant.yaml}
     * @throws AssistantException if there is none, or its file is wrong
     */
    public Assistant find(String nameOrFile) throws IOException {
        var path = Path.of(nameOrFile);
        if (Files.isRegularFile(path)) return Assistant.read(path, guardModel);
        if (Files.isRegularFile(path.resolve(FILE))) return Assistant.read(path.resolve(FILE), guardModel);
        if (builtIn().contains(nameOrFile)) return Assistant.read(copied(nameOrFile).resolve(FILE), guardModel);
        throw new AssistantException("There is no assistant " + nameOrFile + ": it is neither a file, nor a folder with " + FILE
                + ", nor one of " + String.join(", ", builtIn()) + ".");
    }

    /** Where an assistant's knowledge is indexed: each file has a folder of its own. */
    public Path indexFolder(Assistant assistant) {
        var place = assistant.file().toAbsolutePath().normalize().toString();
        var number = UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
        return home.resolve("index").resolve(assistant.name() + "-" + number);
    }

    /** Where the decisions of guardrails are logged. */
    public Path decisionsFile() {
        return home.resolve("decisions.jsonl");
    }

    private Path copied(String name) throws IOException {
        for (var file : files()) {
            if (!file.startsWith(name + "/")) continue;
            var target = home.resolve("built-in").resolve(file);
            var bytes = resource(file);
            if (Files.isRegularFile(target) && Arrays.equals(Files.readAllBytes(target), bytes)) continue;
            Files.createDirectories(target.getParent());
            Files.write(target, bytes);
        }
        forgetOthers(name);
        return home.resolve("built-in").resolve(name);
    }

    /** Files of an older version would be indexed too. */
    private void forgetOthers(String name) throws IOException {
        var folder = home.resolve("built-in");
        try (var walk = Files.walk(folder.resolve(name))) {
            for (var file : walk.filter(Files::isRegularFile).toList()) {
                if (!files().contains(folder.relativize(file).toString().replace('\\', '/'))) Files.delete(file);
            }
        }
    }

    /** Relative to the resources' folder; a jar cannot be asked what it holds, so that a file lists them. */
    private static List<String> files() {
        try (var in = Assistants.class.getResourceAsStream(RESOURCES + "index.txt")) {
            return in == null ? List.of() : text(in).lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new AssistantException("The list of assistants cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static byte[] resource(String file) throws IOException {
        try (var in = Assistants.class.getResourceAsStream(RESOURCES + file)) {
            if (in == null) throw new AssistantException("The resource assistants/" + file + " is missing.");
            return in.readAllBytes();
        }
    }
}
