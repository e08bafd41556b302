package dev.parley.serve.models;

import dev.parley.model.adapter.AdapterFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The adapters that a served model can be asked with, as {@code MODEL:ADAPTER}: some that are named when the server starts, every
 * one that lies in a folder, and those that it was taught; the latter two come and go while the server runs.
 *
 * @param named folders of adapters, by their names
 * @param folder whose sub-folders are adapters, by their own names
 * @param taught by feedback
 */
public record AdapterShelf(Map<String, Path> named, Optional<Path> folder, TaughtAdapters taught) {

    /** No adapter. */
    public static final AdapterShelf EMPTY = new AdapterShelf(Map.of(), Optional.empty());

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    /** @throws IllegalArgumentException if a name is none that a request could use */
    public AdapterShelf {
        named = Map.copyOf(named);
        for (var name : named.keySet()) {
            if (!name.matches(NAME))
                throw new IllegalArgumentException("An adapter cannot be called " + name + ": letters, digits, dots, - and _ are allowed.");
        }
    }

    /** Adapters that nobody was asked about. */
    public AdapterShelf(Map<String, Path> named, Optional<Path> folder) {
        this(named, folder, TaughtAdapters.NONE);
    }

    /** Where an adapter lies; empty where there is none of that name for this user, or no longer. */
    Optional<Path> find(String name, String user) {
        if (!name.matches(NAME)) return Optional.empty();
        return taught.find(name, user).or(() -> Optional.ofNullable(named.get(name))).or(() -> folder.map(f -> f.resolve(name)))
                .filter(AdapterFiles::isAdapter);
    }

    /** The names of those that a user is offered now, in order. */
    List<String> names(String user) {
        var all = new TreeSet<>(taught.names(user));
        for (var name : candidates()) find(name, user).ifPresent(_ -> all.add(name));
        return List.copyOf(all);
    }

    private List<String> candidates() {
        var names = new ArrayList<>(named.keySet());
        if (folder.isEmpty() || !Files.isDirectory(folder.get())) return names;
        try (var folders = Files.list(folder.get())) {
            folders.forEach(f -> names.add(f.getFileName().toString()));
        } catch (IOException e) {
            // A folder that cannot be looked into has none to offer now.
        }
        return names;
    }
}
