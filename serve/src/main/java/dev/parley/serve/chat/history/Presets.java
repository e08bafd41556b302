package dev.parley.serve.chat.history;

import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import java.util.List;
import java.util.Optional;

/** The presets of all owners. */
public final class Presets {

    private static final int MOST = 200;

    private final Database database;
    private final Quota quota;

    /** Presets of a server for one person, within {@link Quota#ALONE}. */
    public Presets(Database database) {
        this(database, Quota.ALONE);
    }

    /** With other limits than one's own server has. */
    public Presets(Database database, Quota quota) {
        this.database = database;
        this.quota = quota;
    }

    /** In the order of making. */
    public List<Preset> list(String owner) {
        return database
                .read(t -> t.list("select id, name, model, system_prompt, settings from presets where owner = ? order by created, id",
                        row -> new Preset(row.getString(1), row.getString(2), Optional.ofNullable(row.getString(3)), row.getString(4),
                                Rows.object(row.getString(5))),
                        owner));
    }

    /** @throws ApiError if there are too many */
    public void add(String owner, Preset preset) {
        database.run(t -> {
            var count = t.first("select count(*) from presets where owner = ?", row -> row.getInt(1), owner).orElseThrow();
            if (count >= MOST) throw ApiError.badRequest("", "There are " + MOST + " presets already; delete one first.");
            quota.take(t, owner, Quota.ROW + Quota.length(preset.name(), preset.system(), preset.settings().toString()));
            t.update("insert into presets (id, owner, name, model, system_prompt, settings, created) values (?, ?, ?, ?, ?, ?, ?)",
                    preset.id(), owner,
                    preset.name(), preset.model().orElse(null), preset.system(), preset.settings().toString(), System.currentTimeMillis());
        });
    }

    /** @throws ApiError 404 if this owner has no such preset */
    public void delete(String owner, String id) {
        database.run(t -> {
            var characters = t.first(
                    "select " + Quota.ROW
                            + " + length(name) + length(system_prompt) + length(settings) from presets where id = ? and owner = ?",
                    row -> row.getLong(1), id, owner);
            if (t.update("delete from presets where id = ? and owner = ?", id, owner) == 0)
                throw ApiError.of(404, "not_found", "There is no such preset.");
            Quota.count(t, owner, -characters.orElse(0L));
        });
    }
}
