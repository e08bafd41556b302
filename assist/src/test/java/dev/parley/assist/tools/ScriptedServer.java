package dev.parley.assist.tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A little MCP server, written from the specification alone with nothing but the JDK: the oracle for our client. The first argument says
 * how it behaves; what goes wrong within a call is chosen by the tool that is called.
 */
public final class ScriptedServer {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\"[^\"]*\"|\\d+)");
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private ScriptedServer() {}

    /** How to start it as a program of its own. */
    static McpServerConfig.Stdio config(String name, String... arguments) {
        var place = Path.of(ScriptedServer.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
        var all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", place, ScriptedServer.class.getName()));
        all.addAll(List.of(arguments));
        return new McpServerConfig.Stdio(name, Path.of(System.getProperty("java.home"), "bin", "java").toString(), all);
    }

    public static void main(String... arguments) throws Exception {
        var mode = arguments[0];
        switch (mode) {
            case "ends" -> {
                System.err.println("starting\nno licence found for key " + System.getenv("SCRIPTED_KEY"));
                System.exit(3);
            }
            case "greets" -> OUT.println("Welcome to the server!\n{\"level\": \"info\"}\n{\"jsonrpc\": 7}\n[]");
            case "stubborn" -> {
                var child = new ProcessBuilder("sleep", "600").start();
                Files.writeString(Path.of(arguments[1]), ProcessHandle.current().pid() + " " + child.pid());
                Runtime.getRuntime().addShutdownHook(new Thread(ScriptedServer::waitForEver));
            }
            case "floods" -> flood();
            case "endless" -> endless();
            default -> {}
        }
        serve(mode);
        if (mode.equals("stubborn")) waitForEver();
    }

    private static void serve(String mode) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (mode.equals("mute")) continue;
            if (line.contains("\"notifications/cancelled\"")) System.err.println("cancelled " + line);
            var id = ID.matcher(line);
            if (line.contains("\"method\":\"initialize\"") && id.find()) OUT.println(result(id.group(1), greeting(mode)));
            else if (line.contains("\"tools/list\"") && id.find()) OUT.println(result(id.group(1), list(mode, line)));
            else if (line.contains("\"tools/call\"") && id.find()) call(line, id.group(1));
        }
    }

    private static String greeting(String mode) {
        var version = mode.equals("future") ? "2099-01-01" : "2025-06-18";
        return "{\"protocolVersion\": \"" + version + "\", \"capabilities\": {\"tools\": {}}, "
                + "\"serverInfo\": {\"name\": \"scripted\", \"version\": \"1\"}}";
    }

    private static String list(String mode, String request) throws IOException {
        if (mode.equals("lists")) return Files.readString(Path.of(System.getenv("SCRIPTED_LIST"))).replace("\n", " ");
        if (mode.equals("pages")) { // without end
            var page = request.contains("cursor") ? Integer.parseInt(request.replaceAll(".*\"cursor\":\"(\\d+)\".*", "$1")) : 0;
            return "{\"tools\": [" + tool("tool" + page) + "], \"nextCursor\": \"" + (page + 1) + "\"}";
        }
        return "{\"tools\": ["
                + String.join(", ", List.of("echo", "image", "big", "refuse", "fail", "structured", "hang", "garbage", "wrongid",
                        "end", "flood", "endless", "environment", "escape").stream().map(ScriptedServer::tool).toList())
                + "]}";
    }

    private static String tool(String name) {
        return "{\"name\": \"" + name + "\", \"description\": \"The tool " + name + ".\", \"inputSchema\": {\"type\": \"object\", "
                + "\"properties\": {\"text\": {\"type\": \"string\"}}}}";
    }

    private static void call(String line, String id) {
        switch (line.replaceAll(".*\"name\":\"([^\"]*)\".*", "$1")) {
            case "echo" -> OUT.println(result(id, content(text(line.replaceAll(".*\"text\":\"([^\"]*)\".*", "$1")))));
            case "image" -> OUT.println(result(id, content(text("A picture:") + ", {\"type\": \"image\", \"data\": \"iVBORw0KGgo=\", "
                    + "\"mimeType\": \"image/png\"}, {\"type\": \"resource\", \"resource\": {\"uri\": \"file:///secret\", "
                    + "\"mimeType\": \"text/plain\", \"text\": \"not for the model\"}}, {\"type\": \"resource_link\", \"name\": \"notes\", "
                    + "\"uri\": \"file:///notes\"}")));
            case "big" -> OUT.println(result(id, content(text("x".repeat(1_000_000)))));
            case "refuse" ->
                OUT.println("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"error\": {\"code\": -32602, \"message\": \"No such city\"}}");
            case "fail" -> OUT.println(result(id, "{\"content\": [" + text("The disk is full") + "], \"isError\": true}"));
            case "structured" -> OUT.println(result(id, "{\"content\": [], \"structuredContent\": {\"degrees\": 21}}"));
            case "garbage" -> OUT.println("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"result\": {\"content\": [");
            case "wrongid" -> OUT.println(result("\"another-7\"", content(text("for somebody else"))));
            case "end" -> {
                System.err.println("out of memory");
                System.exit(4);
            }
            case "flood" -> flood();
            case "endless" -> endless();
            case "environment" -> OUT.println(result(id, content(text(String.join(",", System.getenv().keySet())))));
            case "escape" -> OUT.println(result(id, content(text("red\\u001b[31m\\u0007 and\\u202e hidden\\udb40\\udc49 end"))));
            default -> {} // it hangs
        }
    }

    private static String content(String parts) {
        return "{\"content\": [" + parts + "]}";
    }

    private static String text(String text) {
        return "{\"type\": \"text\", \"text\": \"" + text + "\"}";
    }

    private static String result(String id, String result) {
        return "{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"result\": " + result + "}";
    }

    private static void flood() {
        while (!OUT.checkError()) {
            OUT.println(
                    "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/message\", \"params\": {\"level\": \"info\", \"data\": \"x\"}}");
        }
    }

    private static void endless() {
        while (!OUT.checkError()) OUT.print("x".repeat(8192));
    }

    private static void waitForEver() {
        try {
            Thread.sleep(600_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
