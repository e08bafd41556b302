package dev.parley.serve.chat;

import dev.parley.assist.tools.McpServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A little MCP server over standard input and output, a program of its own: {@code echo} says what it is told, {@code hang} nothing. */
public final class EchoMcpServer {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\"[^\"]*\"|\\d+)");
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private EchoMcpServer() {}

    /** How to start it. @param mode {@code mute} for one that never shakes hands */
    public static McpServerConfig.Stdio config(String name, String mode) {
        var place = Path.of(EchoMcpServer.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
        return new McpServerConfig.Stdio(name, Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                        place + java.io.File.pathSeparator + System.getProperty("java.class.path"), EchoMcpServer.class.getName(), mode));
    }

    public static void main(String... arguments) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var id = ID.matcher(line);
            if (arguments[0].equals("mute") || !id.find()) continue;
            if (line.contains("\"initialize\"")) {
                answer(id.group(1), "{\"protocolVersion\": \"2025-06-18\", \"capabilities\": {\"tools\": {}}, "
                        + "\"serverInfo\": {\"name\": \"echo\", \"version\": \"1\"}}");
            } else if (line.contains("\"tools/list\"")) {
                answer(id.group(1), "{\"tools\": [" + tool("echo", "Says what it is told.") + ", " + tool("hang", "Never answers.") + "]}");
            } else if (line.contains("\"tools/call\"") && line.contains("\"echo\"")) {
                var text = line.replaceAll(".*\"text\"\\s*:\\s*\"([^\"]*)\".*", "$1");
                answer(id.group(1), "{\"content\": [{\"type\": \"text\", \"text\": \"You said: " + text + "\"}]}");
            }
        }
    }

    private static String tool(String name, String description) {
        return "{\"name\": \"" + name + "\", \"description\": \"" + description + "\", \"inputSchema\": {\"type\": \"object\", "
                + "\"properties\": {\"text\": {\"type\": \"string\"}}, \"required\": [\"text\"]}}";
    }

    private static void answer(String id, String result) {
        OUT.println("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"result\": " + result + "}");
    }
}
