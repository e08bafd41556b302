package dev.parley.cli;

import dev.parley.serve.store.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where a server keeps its users, keys and conversations. */
public final class DataOptions {

    private static final String ADDRESS = "PARLEY_DATABASE_URL";

    @Option(names = "--data", paramLabel = "DIR", description = "Folder for conversations, users and keys. Default: ~/.parley.")
    private Path folder;

    @Option(names = "--database-url", paramLabel = "URL",
            description = "Use PostgreSQL instead: postgresql://user:password@host:port/name. Default: the environment variable "
                    + "PARLEY_DATABASE_URL, if set.")
    private String url;

    /** Opens it, and makes it where it is not there yet. */
    public Database open() {
        var address = address();
        return address.isPresent() ? Database.postgresql(address.get()) : Database.sqlite(folder());
    }

    /**
     * Opens one that is there.
     *
     * @throws IllegalArgumentException if the folder has none
     */
    public Database openExisting() {
        if (address().isEmpty() && !Database.isIn(folder()))
            throw new IllegalArgumentException("There is no server data in " + folder() + "; name its folder with --data.");
        return open();
    }

    /** Has a process use the same; what is secret of it is not among its arguments, which others can see. */
    public void handOver(ProcessBuilder child) {
        var address = address();
        if (address.isPresent()) child.environment().put(ADDRESS, address.get());
        else child.command().addAll(List.of("--data", folder().toString()));
    }

    private Optional<String> address() {
        if (folder != null && url != null) throw new WrongUsage("--data and --database-url name two places; give one.");
        return Optional.ofNullable(url != null || folder != null ? url : System.getenv(ADDRESS));
    }

    /** The folder of what is kept beside the database. */
    public Path folder() {
        return folder != null ? folder : Path.of(System.getProperty("user.home"), ".parley");
    }
}
