package dev.parley.serve.chat.documents;

import dev.parley.knowledge.KnowledgeBase;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Folders of documents that a server's operator offers to all who chat, by the names that they are chosen by. */
public final class KnowledgeFolders implements AutoCloseable {

    /** None at all. */
    public static final KnowledgeFolders NONE = new KnowledgeFolders(Map.of());

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._ -]{0,63}");

    private final Map<String, KnowledgeBase> folders;

    /**
     * Folders that were indexed.
     *
     * @param folders closed with this, in the order in which they are shown
     * @throws IllegalArgumentException if a name cannot be
     */
    public KnowledgeFolders(Map<String, KnowledgeBase> folders) {
        folders.keySet().forEach(KnowledgeFolders::checkName);
        this.folders = Collections.unmodifiableMap(new LinkedHashMap<>(folders));
    }

    /**
     * Says before a folder is indexed whether it can have a name.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) throw new IllegalArgumentException(
                "\"" + name + "\" cannot be the name of a folder of knowledge: 1 to 64 letters, digits, spaces, ., - and _ can.");
    }

    /** All of them. */
    Map<String, KnowledgeBase> all() {
        return folders;
    }

    /** One by its name. */
    Optional<KnowledgeBase> find(String name) {
        return Optional.ofNullable(folders.get(name));
    }

    @Override
    public void close() {
        folders.values().forEach(KnowledgeBase::close);
    }
}
