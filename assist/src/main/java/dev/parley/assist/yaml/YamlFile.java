package dev.parley.assist.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.parley.assist.AssistantException;
import dev.parley.files.FileFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A file in YAML, read with the line of each of its values. */
public final class YamlFile {

    private static final long LARGEST = 1 << 20;
    private static final ObjectMapper YAML = new ObjectMapper(
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

    private YamlFile() {}

    /**
     * The mapping that a file holds.
     *
     * @throws AssistantException if it is no YAML, or not a mapping
     */
    public static YamlValue read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) throw new AssistantException(file + ": there is no such file.");
        if (Files.size(file) > LARGEST) throw new AssistantException(file + " is larger than such a file can be (1 MiB).");
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new AssistantException(file + " is not UTF-8.", e);
        }
    }

    /**
     * The same of a text.
     *
     * @param name that faults begin with
     */
    public static YamlValue parse(String name, String text) {
        try {
            var top = YAML.readTree(text);
            if (top == null || !top.isObject()) throw new AssistantException(name + " holds no keys with values.");
            return new YamlValue(name, lines(text), "", top);
        } catch (JsonProcessingException e) {
            var line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new AssistantException(name + line + ": this is not YAML (" + unindented(e.getOriginalMessage()) + ").", e);
        } catch (IOException e) {
            throw new AssistantException(name + " cannot be read: " + FileFault.reason(e) + ".", e);
        }
    }

    /** What the parser says, without the lines in which it shows the text. */
    private static String unindented(String message) {
        return message.lines().filter(line -> !line.isBlank() && !line.startsWith(" ")).collect(Collectors.joining(", "));
    }

    /** Where each value begins, by its JSON pointer. */
    private static Map<String, Integer> lines(String text) throws IOException {
        var lines = new HashMap<String, Integer>();
        try (YAMLParser parser = ((YAMLFactory) YAML.getFactory()).createParser(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) continue;
                var context = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY ? parser.getParsingContext().getParent()
                        : parser.getParsingContext();
                lines.putIfAbsent(context.pathAsPointer().toString(), parser.currentTokenLocation().getLineNr());
            }
        }
        return lines;
    }
}
