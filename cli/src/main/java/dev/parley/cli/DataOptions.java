package dev.parley.cli;

import dev.parley.serve.store.Database;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say where a server keeps its users, keys and conversations. */
public final class DataOptions {

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the conversations, users and keys. Default: ~/.parley.")
    private Path folder;

    @Option(names = "--database-url", paramLabel = "URL", description = "Keep them in PostgreSQL instead: postgresql://user:password@host:port/name. Default: the environment variable PARLEY_DATABASE_URL, if set.")
    private String url;

    /** Opens it, and makes it where it is not there yet. */
    public Database open() {
        if (folder != null && url != null) throw new WrongUsage("--data and --database-url name two places; give one.");
        var address = url != null || folder != null ? url : System.getenv("PARLEY_DATABASE_URL");
        return address != null ? Database.postgresql(address) : Database.sqlite(folder());
    }

    private Path folder() {
        return folder != null ? folder : Path.of(System.getProperty("user.home"), ".parley");
    }
}
