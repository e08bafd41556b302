package dev.parley.serve.chat.documents;

import dev.parley.assist.Assistant.KnowledgeSettings;
import dev.parley.assist.LocalText;
import dev.parley.assist.turn.Retrieval;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.Passage;
import dev.parley.knowledge.documents.DocumentReader;
import dev.parley.knowledge.index.IndexedFile;
import dev.parley.serve.chat.history.Attachment;
import dev.parley.serve.chat.history.Attachment.State;
import dev.parley.serve.chat.history.Attachments;
import dev.parley.serve.http.ApiError;
import dev.parley.tokenizer.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The documents of all conversations. A conversation's files lie in a folder of its own with an index beside them, and go with it. They
 * are read in the background; what a restart interrupts is read again.
 */
public final class ConversationDocuments implements AutoCloseable {

    /** Passages that a question is answered from at most. */
    static final int TOP_K = 6;

    private static final KnowledgeSettings RETRIEVAL = new KnowledgeSettings(List.of(), TOP_K, Passage.RELEVANT, true, false,
            LocalText.NONE);
    private static final DocumentReader.Limits LIMITS = new DocumentReader.Limits(256_000_000, 2_000_000, 512, Duration.ofSeconds(30));
    private static final Duration PATIENCE = Duration.ofSeconds(20); // of a question for files that are being read

    private final AttachedFiles files;
    private final Embedder embedder;
    private final KnowledgeFolders folders;
    private final Attachments attachments;
    private final Consumer<String> note;
    private final ReadingQueue queue = new ReadingQueue(this::read);

    /**
     * Documents of a server.
     *
     * @param folder of the server's data
     * @param embedder makes the vectors; stays the caller's
     * @param folders stay the caller's
     * @param note takes what the operator should know, in lines
     */
    public ConversationDocuments(Path folder, Embedder embedder, KnowledgeFolders folders, Attachments attachments,
            Consumer<String> note) {
        files = new AttachedFiles(folder.resolve("attachments").resolve(attachments.databaseId()));
        this.embedder = embedder;
        this.folders = folders;
        this.attachments = attachments;
        this.note = note;
    }

    /** Goes on with what an earlier server did not finish, and forgets files whose conversations are gone. */
    public void upkeep() {
        try {
            files.sweep(attachments::known);
            attachments.unread().stream().filter(u -> files.has(u.conversation())).forEach(u -> queue.add(u.owner(), u.conversation()));
        } catch (IOException e) {
            note.accept("Attached files of deleted conversations could not be removed: " + e.getMessage());
        }
    }

    // ---- files ----

    /** @throws ApiError 404 if this owner has no such conversation */
    List<Attachment> list(String owner, String conversation) {
        return attachments.list(owner, conversation);
    }

    /**
     * Takes a file, which is read later.
     *
     * @throws ApiError if there is no such conversation, no room, or no document of that name can be read
     */
    Attachment add(String owner, String conversation, String name, InputStream body) {
        var label = AttachmentName.of(name);
        attachments.checkRoom(owner, conversation);
        try (var taken = files.take(body)) {
            if (taken.bytes() == 0) throw ApiError.badRequest("", "The file is empty.");
            var attachment = attachments.add(owner, conversation, label, taken.bytes());
            taken.moveTo(conversation, attachment.file());
            queue.add(owner, conversation);
            return attachment;
        } catch (IOException e) {
            note.accept("An attached file could not be kept: " + e.getMessage());
            throw ApiError.of(507, "no_space", "The server could not keep this file; ask its operator.");
        }
    }

    /** @throws ApiError 404 if this owner's conversation has no such file */
    void remove(String owner, String conversation, String id) {
        var gone = attachments.remove(owner, conversation, id);
        try {
            Files.deleteIfExists(files.place(conversation, gone.file()));
        } catch (IOException e) {
            note.accept("An attached file could not be removed: " + e.getMessage());
        }
        queue.add(owner, conversation);
    }

    /** Brings a conversation's index to the files that it has. */
    private void read(String conversation) {
        var attached = attachments.of(conversation);
        try {
            if (attached.isEmpty()) {
                files.remove(conversation);
                return;
            }
            var there = attached.stream().map(a -> files.place(conversation, a.file())).filter(Files::exists).toList();
            try (var knowledge = KnowledgeBase.open(files.index(conversation), embedder)) {
                knowledge.refresh(there, LIMITS, IndexProgress.NONE);
                var indexed = knowledge.files().stream().collect(Collectors.toMap(IndexedFile::source, Function.identity()));
                attached.forEach(a -> keep(a, Optional.ofNullable(indexed.get(a.file()))));
            }
        } catch (IOException | RuntimeException | Error e) { // a fault of one conversation's files is none of others'
            if (queue.isClosed()) return; // they are read at the next start
            note.accept("Attached files could not be read: " + e);
            attached.stream().filter(a -> a.state() == State.READING).forEach(a -> attachments.read(a.id(), State.FAILED, 0,
                    Optional.of("The server could not read this file.")));
        }
    }

    private void keep(Attachment attachment, Optional<IndexedFile> file) {
        var fault = file.isEmpty() ? Optional.of("it is not on this server any more") : file.get().fault();
        var passages = file.map(IndexedFile::passages).orElse(0);
        attachments.read(attachment.id(), passages > 0 ? State.READY : State.FAILED, passages,
                fault.or(() -> passages > 0 ? Optional.empty() : Optional.of("it holds no text"))
                        .map(f -> Character.toUpperCase(f.charAt(0)) + f.substring(1) + "."));
    }

    // ---- passages ----

    /** Whether a conversation has files. */
    public boolean has(String conversation) {
        return !attachments.of(conversation).isEmpty();
    }

    /** What the operator offers, with how many files each folder has. */
    Map<String, KnowledgeBase> offered() {
        return folders.all();
    }

    /**
     * The passages that a question of a conversation is answered from, the best first: of its files, and of folders that were chosen. Files
     * that are so short are given whole, and where nothing in files is about the question, how they begin, since it may be about all of
     * them.
     *
     * @param chosen names of folders
     */
    public List<Passage> relevant(String owner, String conversation, List<String> chosen, String question, List<Message> history,
            String language) throws InterruptedException {
        if (isOfOtherEmbedder(conversation)) queue.add(owner, conversation);
        queue.await(conversation, PATIENCE);
        var attached = attachments.of(conversation).stream().filter(a -> a.passages() > 0).toList();
        var found = new ArrayList<Passage>();
        if (!attached.isEmpty() && files.has(conversation)) found.addAll(ofFiles(conversation, attached, question, history, language));
        for (var name : chosen) {
            folders.find(name).ifPresent(k -> found.addAll(new Retrieval(k, RETRIEVAL).relevant(question, history, language)));
        }
        found.sort(Comparator.comparingDouble(Passage::relevance).reversed());
        return found.stream().limit(TOP_K).toList();
    }

    /** As after a restart with another option: the files are read again. */
    private boolean isOfOtherEmbedder(String conversation) {
        return files.has(conversation)
                && KnowledgeBase.embedderOf(files.index(conversation)).filter(id -> !id.equals(embedder.id())).isPresent();
    }

    private List<Passage> ofFiles(String conversation, List<Attachment> attached, String question, List<Message> history, String language) {
        try (var knowledge = KnowledgeBase.open(files.index(conversation), embedder)) {
            var isShort = attached.stream().mapToInt(Attachment::passages).sum() <= TOP_K;
            var found = isShort ? List.<Passage>of() : new Retrieval(knowledge, RETRIEVAL).relevant(question, history, language);
            if (!found.isEmpty()) return found.stream().flatMap(p -> named(p, attached).stream()).toList();
            var each = isShort ? TOP_K : Math.max(1, TOP_K / attached.size());
            return attached.reversed().stream().flatMap(a -> knowledge.beginning(a.file(), each).stream())
                    .flatMap(p -> named(p, attached).stream()).limit(TOP_K).toList();
        } catch (KnowledgeException e) {
            note.accept("The attached files of a conversation could not be searched: " + e.getMessage());
            return List.of();
        }
    }

    /** The passage by the name that its file has for people; empty if the file was removed. */
    private static Optional<Passage> named(Passage p, List<Attachment> attached) {
        return attached.stream().filter(a -> a.file().equals(p.source())).findFirst().map(a -> new Passage(p.id(), a.name(), p.title(),
                p.page(), p.start(), p.end(), p.text(), p.language(), p.score(), p.relevance()));
    }

    /**
     * A document, and where a passage is in it.
     *
     * @param start of the passage in the text
     * @param end of the passage in the text
     */
    public record Place(String text, int start, int end) {}

    /** Where a passage that a conversation's answer cites is; empty if its document is gone, or is not as it was. */
    public Optional<Place> place(String conversation, String passage) {
        return inFiles(conversation, passage)
                .or(() -> folders.all().values().stream().flatMap(knowledge -> place(knowledge, passage).stream()).findFirst());
    }

    private Optional<Place> inFiles(String conversation, String passage) {
        if (!files.has(conversation)) return Optional.empty();
        try (var knowledge = KnowledgeBase.open(files.index(conversation), Embedder.NONE)) {
            return place(knowledge, passage);
        }
    }

    private static Optional<Place> place(KnowledgeBase knowledge, String passage) {
        return knowledge.passage(passage)
                .flatMap(p -> knowledge.document(p.source()).map(text -> new Place(text, p.start(), p.end())));
    }

    @Override
    public void close() {
        queue.close();
    }
}
