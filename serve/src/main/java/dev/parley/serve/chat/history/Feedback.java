package dev.parley.serve.chat.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.store.Database;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ratings as data to train by, a line of JSON each: the same database gives the same lines, and none of them twice.
 *
 * <pre>{@code
 * for (var line : new Feedback(database).demonstrations().lines()) System.out.println(line);
 * }</pre>
 */
public final class Feedback {

    private final Database database;
    private final Chosen chosen;

    /** What all people here thought of answers that they got here. */
    public Feedback(Database database) {
        this(database, Chosen.OWN);
    }

    /** The feedback that a database holds, as far as it is chosen. */
    public Feedback(Database database, Chosen chosen) {
        this.database = database;
        this.chosen = chosen;
    }

    /**
     * Whose ratings are wanted.
     *
     * @param users names of users; those of nobody else then. None for all
     * @param imported whether answers of imported documents count: whoever wrote one could put any into it, with any rating
     */
    public record Chosen(List<String> users, boolean imported) {

        /** Of all, but what was imported. */
        public static final Chosen OWN = new Chosen(List.of(), false);
    }

    /**
     * What was found.
     *
     * @param cutOff how many of the lines have an answer that was to be learned, but did not come to its end by itself
     */
    public record Found(List<String> lines, int cutOff) {}

    private record Rated(JsonNode prompt, String answer, boolean cutOff, int rating) {}

    private record Compared(JsonNode prompt, String chosen, String rejected) {}

    private record Edited(JsonNode prompt, String answer, String edited, boolean byModel) {}

    /**
     * The answers that somebody found good, and what people wrote in the place of others, for supervised fine-tuning:
     * {@code {"messages": […]}}.
     */
    public Found demonstrations() {
        var lines = new LinkedHashSet<String>();
        var cutOff = 0;
        for (var rated : rated()) {
            if (rated.rating() <= 0 || !isUsable(rated.prompt(), rated.answer())) continue;
            var isNew = lines.add(demonstration(rated.prompt(), rated.answer()));
            if (isNew && rated.cutOff()) cutOff++;
        }
        for (var edit : edited()) {
            if (isUsable(edit.prompt(), edit.edited())) lines.add(demonstration(edit.prompt(), edit.edited()));
        }
        return new Found(List.copyOf(lines), cutOff);
    }

    private static String demonstration(JsonNode prompt, String answer) {
        var messages = ((ArrayNode) prompt).deepCopy();
        messages.add(answer(answer));
        return JsonNodeFactory.instance.objectNode().set("messages", messages).toString();
    }

    /**
     * What people wrote in the place of models' answers, each beside the answer: pairs as those of {@link #preferences()}. Of an answer
     * that was rewritten more than once, the last.
     */
    public List<String> edits() {
        var lines = new LinkedHashSet<String>();
        for (var edit : edited()) {
            if (edit.byModel()) add(lines, edit.prompt(), edit.edited(), edit.answer());
        }
        return List.copyOf(lines);
    }

    /** Every answer with a thumb, for training by thumbs alone: {@code {"prompt": […], "completion": […], "label": true|false}}. */
    public List<String> thumbs() {
        var lines = new LinkedHashSet<String>();
        for (var rated : rated()) {
            if (rated.rating() == 0 || !isUsable(rated.prompt(), rated.answer())) continue;
            var line = JsonNodeFactory.instance.objectNode();
            line.set("prompt", rated.prompt());
            line.putArray("completion").add(answer(rated.answer()));
            lines.add(line.put("label", rated.rating() > 0).toString());
        }
        return List.copyOf(lines);
    }

    /**
     * Which of two answers somebody found better, for preference training: {@code {"prompt": […], "chosen": […], "rejected":
     * […]}}, all three lists of messages. They come from comparisons, and from answers to the same of which one was found good and
     * another bad.
     */
    public List<String> preferences() {
        var lines = new LinkedHashSet<String>();
        for (var pair : compared()) add(lines, pair.prompt(), pair.chosen(), pair.rejected());
        var byPrompt = new LinkedHashMap<JsonNode, List<Rated>>();
        for (var rated : rated()) byPrompt.computeIfAbsent(rated.prompt(), p -> new ArrayList<>()).add(rated);
        for (var same : byPrompt.values()) {
            for (var good : same) {
                for (var bad : same) {
                    if (good.rating() > 0 && bad.rating() < 0) add(lines, good.prompt(), good.answer(), bad.answer());
                }
            }
        }
        return List.copyOf(lines);
    }

    private static void add(LinkedHashSet<String> lines, JsonNode prompt, String chosen, String rejected) {
        if (!isUsable(prompt, chosen) || rejected.isBlank() || chosen.equals(rejected)) return;
        var line = JsonNodeFactory.instance.objectNode();
        line.set("prompt", prompt);
        line.putArray("chosen").add(answer(chosen));
        line.putArray("rejected").add(answer(rejected));
        lines.add(line.toString());
    }

    /**
     * Choices between the answers of two models, from the first on, what models are ranked by:
     * {@code {"left":model,"right":model,"choice":"left"|"right"|"tie"}}. That neither is good counts as a tie.
     */
    public List<String> choices() {
        return database.read(t -> t.list("select left_model, right_model, choice from comparisons where left_model is not null and "
                + "right_model is not null and left_model <> right_model and " + imported() + wanted() + " order by created, id", row -> {
                    var choice = row.getString(3);
                    return JsonNodeFactory.instance.objectNode().put("left", row.getString(1)).put("right", row.getString(2))
                            .put("choice", choice.equals("left") || choice.equals("right") ? choice : "tie").toString();
                }, chosen.users().toArray()));
    }

    /**
     * What people asked first in their conversations, the latest first, as {@code {"messages": […]}} without an answer.
     *
     * @param most how many
     */
    public List<String> questions(int most) {
        var lines = new LinkedHashSet<String>();
        database.read(t -> t.list("select c.system_prompt, m.text from messages m join conversations c on c.id = m.conversation "
                + "where m.role = 'user' and m.parent is null and c.deleted is null and m."
                + (chosen.imported() ? "imported >= 0" : "imported = 0")
                + wanted() + " order by m.created desc, m.id limit " + most, row -> {
                    var messages = JsonNodeFactory.instance.arrayNode();
                    if (!row.getString(1).isEmpty()) messages.addObject().put("role", "system").put("content", row.getString(1));
                    messages.addObject().put("role", "user").put("content", row.getString(2));
                    return lines.add(JsonNodeFactory.instance.objectNode().set("messages", messages).toString());
                }, chosen.users().toArray()));
        return List.copyOf(lines);
    }

    private static boolean isUsable(JsonNode prompt, String answer) {
        return !prompt.isEmpty() && !answer.isBlank();
    }

    private static JsonNode answer(String text) {
        return JsonNodeFactory.instance.objectNode().put("role", "assistant").put("content", text);
    }

    /** How many ratings, choices and edits there are of each owner who has some, imported ones counted only where they are wanted. */
    public Map<String, Integer> owners() {
        var owners = new TreeMap<String, Integer>();
        var all = "select owner from ratings where " + imported() + " union all select owner from comparisons where " + imported()
                + " union all select owner from edits where " + imported();
        database.read(t -> t.list(
                "select coalesce(u.name, o.owner), count(*) from (" + all + ") as o left join users u on u.id = o.owner group by 1",
                row -> owners.put(row.getString(1), row.getInt(2))));
        if (!chosen.users().isEmpty()) owners.keySet().retainAll(chosen.users());
        return owners;
    }

    private String imported() {
        return chosen.imported() ? "1 = 1" : "imported = 0";
    }

    /** A condition on the owner of a row, with as many arguments as there are names. */
    private String wanted() {
        if (chosen.users().isEmpty()) return "";
        var names = String.join(", ", Collections.nCopies(chosen.users().size(), "?"));
        return " and owner in (select id from users where name in (" + names + "))";
    }

    private List<Rated> rated() {
        return database.read(t -> t.list(
                "select prompt, answer, finish_reason, rating from ratings where " + imported() + wanted() + " order by created, message",
                row -> new Rated(Rows.json(row.getString(1)), row.getString(2),
                        row.getString(3) != null && !row.getString(3).equals("stop"), row.getInt(4)),
                chosen.users().toArray()));
    }

    private Collection<Edited> edited() {
        var last = new LinkedHashMap<String, Edited>(); // by the answer that was rewritten
        database.read(t -> t.list("select original, prompt, answer, edited, model from edits where " + imported() + wanted()
                + " order by created, message", row -> {
                    last.remove(row.getString(1)); // so that the last is where it came
                    return last.put(row.getString(1), new Edited(Rows.json(row.getString(2)), row.getString(3), row.getString(4),
                            row.getString(5) != null));
                }, chosen.users().toArray()));
        return last.values();
    }

    private List<Compared> compared() {
        return database
                .read(t -> t.list("select prompt, left_answer, right_answer, choice from comparisons where choice in ('left', 'right') and "
                        + imported() + wanted()
                        + " order by created, id", row -> {
                            var left = row.getString(4).equals("left");
                            return new Compared(Rows.json(row.getString(1)), row.getString(left ? 2 : 3), row.getString(left ? 3 : 2));
                        }, chosen.users().toArray()));
    }
}
