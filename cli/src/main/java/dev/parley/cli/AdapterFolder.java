package dev.parley.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.model.adapter.AdapterFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder as PEFT leaves it after a training of low rank: what was learned, without the model that it was learned for. */
final class AdapterFolder {

    private static final int LARGEST = 1 << 20; // bytes

    private AdapterFolder() {}

    /** @throws IllegalArgumentException naming the base, if it is such a folder and no model too */
    static void refuse(Path folder) {
        if (!AdapterFiles.isAdapter(folder) || Files.exists(folder.resolve("config.json"))) return;
        throw new IllegalArgumentException(folder + " holds an adapter for the model " + base(folder.resolve(AdapterFiles.CONFIG))
                + ", not a model (" + AdapterFiles.CONFIG
                + "): name that model, and this folder by --adapter; or merge the two (./parley models merge).");
    }

    private static String base(Path config) {
        try {
            var base = Files.size(config) > LARGEST ? ""
                    : new ObjectMapper().readTree(config.toFile()).path("base_model_name_or_path").asText();
            return base.isBlank() ? "that it does not name" : base.lines().findFirst().orElse("");
        } catch (JacksonException e) {
            return "that it does not name";
        } catch (IOException e) {
            throw new IllegalArgumentException(config + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
