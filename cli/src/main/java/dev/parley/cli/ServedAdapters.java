package dev.parley.cli;

import dev.parley.model.adapter.AdapterFiles;
import dev.parley.serve.models.AdapterShelf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The adapters that a server is to have, as they are named on the command line.
 *
 * @param shelves by the names of their models
 */
record ServedAdapters(Map<String, AdapterShelf> shelves) {

    /**
     * @param adapters {@code [MODEL:]NAME=FOLDER}
     * @param folders {@code [MODEL=]FOLDER}, whose sub-folders are adapters
     * @param models that are served; the first is meant where none is named
     */
    static ServedAdapters of(List<String> adapters, List<String> folders, List<String> models) {
        var named = new HashMap<String, Map<String, Path>>();
        for (var adapter : adapters) {
            var equals = adapter.indexOf('=');
            if (equals < 1) throw new WrongUsage("--adapter " + adapter + " is not NAME=FOLDER.");
            var name = adapter.substring(0, equals);
            var colon = name.lastIndexOf(':');
            var model = served(colon < 0 ? models.getFirst() : name.substring(0, colon), models, "--adapter " + adapter);
            var folder = Path.of(adapter.substring(equals + 1));
            if (!AdapterFiles.isAdapter(folder))
                throw new WrongUsage("--adapter " + adapter + ": " + folder + " has no " + AdapterFiles.CONFIG
                        + ".");
            named.computeIfAbsent(model, _ -> new HashMap<>()).put(name.substring(colon + 1), folder);
        }
        var watched = new HashMap<String, Path>();
        for (var folder : folders) {
            var equals = Files.isDirectory(Path.of(folder)) ? -1 : folder.indexOf('=');
            var model = served(equals < 0 ? models.getFirst() : folder.substring(0, equals), models, "--adapters " + folder);
            watched.put(model, Path.of(folder.substring(equals + 1)));
        }
        var shelves = new HashMap<String, AdapterShelf>();
        for (var model : models) {
            try {
                shelves.put(model, new AdapterShelf(named.getOrDefault(model, Map.of()), Optional.ofNullable(watched.get(model))));
            } catch (IllegalArgumentException e) {
                throw new WrongUsage(e.getMessage());
            }
        }
        return new ServedAdapters(shelves);
    }

    private static String served(String model, List<String> models, String option) {
        if (!models.contains(model)) throw new WrongUsage(option + " names no served model; served are " + String.join(", ", models) + ".");
        return model;
    }

    /** Those of a model. */
    AdapterShelf of(String model) {
        return shelves.getOrDefault(model, AdapterShelf.EMPTY);
    }
}
