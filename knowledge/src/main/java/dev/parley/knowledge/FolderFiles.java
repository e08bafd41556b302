package dev.parley.knowledge;

import dev.parley.files.FileFault;
import dev.parley.knowledge.documents.DocumentReader;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The documents in some folders, each under the name that passages are cited by: the folder's name and the path below it.
 *
 * @param files by that name
 * @param unlisted what is wrong with folders and files below that cannot be looked at, by their names
 */
record FolderFiles(Map<String, Path> files, Map<String, String> unlisted) {

    /**
     * Lists them. Hidden files and folders, those whose name begins with a dot, are left out, and links to folders are not followed. A
     * folder below that cannot be looked at is passed over.
     *
     * @throws KnowledgeException if a folder is not there or cannot be listed
     */
    static FolderFiles of(Iterable<Path> folders) {
        var found = new FolderFiles(new TreeMap<>(), new TreeMap<>());
        var taken = new TreeMap<String, Path>();
        for (var given : folders) {
            var folder = given.toAbsolutePath().normalize();
            if (!Files.exists(folder)) throw new KnowledgeException(given + ": there is no such file or folder.");
            var name = folder.getFileName() == null ? "" : folder.getFileName().toString();
            var unique = name;
            for (int i = 2; taken.containsKey(unique) && !taken.get(unique).equals(folder); i++) unique = name + " (" + i + ")";
            taken.put(unique, folder);
            found.add(folder, unique);
        }
        return found;
    }

    private void add(Path folder, String name) {
        if (Files.isRegularFile(folder)) {
            if (!DocumentReader.reads(folder)) {
                throw new KnowledgeException(folder + " is no document that can be indexed: Markdown, text, HTML, PDF and DOCX are.");
            }
            files.put(name, folder);
            return;
        }
        try {
            Files.walkFileTree(folder, Set.of(), 64, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
                    return !below.equals(folder) && hidden(below) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (Files.isRegularFile(file) && !hidden(file) && DocumentReader.reads(file)) {
                        files.put(named(file), file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path below, IOException e) throws IOException {
                    if (below.equals(folder)) throw e;
                    if (!hidden(below)) unlisted.put(named(below), "it cannot be read: " + FileFault.reason(e));
                    return FileVisitResult.CONTINUE;
                }

                private String named(Path below) {
                    return name + "/" + folder.relativize(below).toString().replace('\\', '/');
                }
            });
        } catch (IOException e) {
            throw new KnowledgeException(folder + " cannot be listed: " + FileFault.reason(e) + ".", e);
        }
    }

    /** Whether a name may be that of something in a folder that cannot be looked at. */
    boolean isOutOfSight(String name) {
        return unlisted.keySet().stream().anyMatch(folder -> name.equals(folder) || name.startsWith(folder + "/"));
    }

    private static boolean hidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }
}
