package dev.parley.assist.turn;

import dev.parley.assist.Assistant.KnowledgeSettings;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.Passage;
import dev.parley.tokenizer.Message;
import java.util.List;

/** Finds the passages that a message is about. */
public final class Retrieval {

    private static final int LOOKED_AT = 4; // times as many as are wanted, since some are of another language

    private final KnowledgeBase knowledge;
    private final KnowledgeSettings settings;

    /**
     * @param knowledge stays the caller's
     */
    public Retrieval(KnowledgeBase knowledge, KnowledgeSettings settings) {
        this.knowledge = knowledge;
        this.settings = settings;
    }

    /**
     * The relevant passages, the best first. Where the documents are in several languages, those of the message's.
     *
     * @param history in whose light a message is read that finds nothing by itself ("And for shoes?")
     */
    public List<Passage> relevant(String message, List<Message> history, String language) {
        var found = relevant(message, language);
        if (!found.isEmpty() || history.isEmpty()) return found;
        var before = history.reversed().stream().filter(turn -> turn.role().equals("user")).map(Message::content).findFirst();
        return before.map(question -> relevant(question + "\n" + message, language)).orElse(found);
    }

    private List<Passage> relevant(String query, String language) {
        return ranked(query, language, settings.topK()).stream().filter(p -> p.relevance() >= settings.minRelevance()).toList();
    }

    /** The best passages, relevant or not. */
    public List<Passage> ranked(String query, String language, int k) {
        var found = knowledge.search(query, LOOKED_AT * k);
        var own = found.stream().filter(passage -> passage.language().equals(language)).toList();
        return (own.isEmpty() ? found : own).stream().limit(k).toList();
    }
}
