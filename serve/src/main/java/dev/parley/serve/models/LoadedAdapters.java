package dev.parley.serve.models;

import dev.parley.model.Adapter;
import dev.parley.model.CausalLM;
import dev.parley.model.adapter.AdapterFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The adapters of one model that are in memory, the last used ones. One whose files have changed is read again; answers that were begun
 * with what it was before end with that.
 */
final class LoadedAdapters {

    private static final int MOST = 16;

    private final CausalLM model;
    private final Map<Path, Loaded> byFolder = new LinkedHashMap<>(MOST, 0.75f, true); // longest unused first

    private record Loaded(FileTime written, Adapter adapter) {}

    LoadedAdapters(CausalLM model) {
        this.model = model;
    }

    /** An adapter, read now if need be. */
    synchronized Adapter get(Path folder) {
        var written = written(folder);
        var known = byFolder.get(folder);
        if (known != null && known.written.equals(written)) return known.adapter;
        var adapter = model.loadAdapter(folder);
        byFolder.put(folder, new Loaded(written, adapter));
        if (byFolder.size() > MOST) byFolder.remove(byFolder.keySet().iterator().next());
        return adapter;
    }

    /** Bytes of memory that they take. */
    synchronized long bytes() {
        return byFolder.values().stream().mapToLong(loaded -> loaded.adapter.bytes()).sum();
    }

    /** The config is written last. */
    private static FileTime written(Path folder) {
        try {
            return Files.getLastModifiedTime(folder.resolve(AdapterFiles.CONFIG));
        } catch (IOException e) {
            throw new UncheckedIOException("The adapter is no longer there.", e);
        }
    }
}
