package dev.parley.knowledge;

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

/** The documents in some folders, each under the name that passages are cited by: the folder's name and the path below it. */
final class FolderFiles {

    private FolderFiles() {}

    /**
     * Lists them; hidden files and folders, those whose name begins with a dot, are left out, and links to folders are not followed.
     *
     * @throws KnowledgeException if a folder is not there or cannot be listed
     */
    static Map<String, Path> of(Iterable<Path> folders) {
        var files = new TreeMap<String, Path>();
        var taken = new TreeMap<String, Path>();
        for (var given : folders) {
            var folder = given.toAbsolutePath().normalize();
            if (!Files.exists(folder)) throw new KnowledgeException(given + ": there is no such file or folder.");
            var name = folder.getFileName() == null ? "" : folder.getFileName().toString();
            var unique = name;
            for (int i = 2; taken.containsKey(unique) && !taken.get(unique).equals(folder); i++) unique = name + " (" + i + ")";
            taken.put(unique, folder);
            add(files, folder, unique);
        }
        return files;
    }

    private static void add(Map<String, Path> files, Path folder, String name) {
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
                        files.put(name + "/" + folder.relativize(file).toString().replace('\\', '/'), file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new KnowledgeException(folder + " cannot be listed: " + e.getMessage() + ".", e);
        }
    }

    private static boolean hidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }
}
