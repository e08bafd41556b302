package dev.parley.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The user's own text: {@code .jsonl} with a {@code text} in each line, any other file as plain UTF-8 whose documents are
 * divided by blank lines; a folder stands for all files in it.
 */
public final class TextFiles {

    private static final long LARGEST_FILE = 1L << 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private TextFiles() {}

    /**
     * The documents of files and folders, in order.
     *
     * @throws IllegalArgumentException naming file and line of what is no UTF-8, no JSON, or too large
     */
    public static List<String> documents(List<Path> filesOrFolders) throws IOException {
        var documents = new ArrayList<String>();
        for (var path : filesOrFolders) {
            if (!Files.exists(path)) throw new IllegalArgumentException("There is no file " + path + ".");
            try (var files = Files.walk(path)) {
                for (var file : files.filter(Files::isRegularFile).sorted().toList()) read(file, documents);
            }
        }
        if (documents.isEmpty()) throw new IllegalArgumentException("There is no text in " + filesOrFolders + ".");
        return documents;
    }

    private static void read(Path file, List<String> documents) throws IOException {
        if (Files.size(file) > LARGEST_FILE) throw new IllegalArgumentException(file + " is larger than 1 GiB; split it.");
        var strict = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var number = 0;
        var paragraph = new StringBuilder();
        try (var lines = new BufferedReader(new InputStreamReader(Files.newInputStream(file), strict))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (file.toString().endsWith(".jsonl")) {
                    if (!line.isBlank()) documents.add(text(file, number, line));
                } else if (line.isBlank()) {
                    flush(paragraph, documents);
                } else {
                    paragraph.append(paragraph.isEmpty() ? "" : "\n").append(line);
                }
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is no UTF-8 text after line " + number + "; convert it, for example by iconv.");
        }
        flush(paragraph, documents);
    }

    private static void flush(StringBuilder paragraph, List<String> documents) {
        if (!paragraph.isEmpty()) documents.add(paragraph.toString());
        paragraph.setLength(0);
    }

    private static String text(Path file, int line, String json) {
        try {
            var text = JSON.readTree(json).path("text");
            if (text.isTextual()) return text.asText();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ", line " + line + ": this is not JSON (" + e.getOriginalMessage() + ").");
        }
        throw new IllegalArgumentException(file + ", line " + line + ": there is no \"text\".");
    }
}
