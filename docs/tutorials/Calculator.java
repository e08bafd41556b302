import java.math.BigInteger;
import java.util.regex.Pattern;

/** An MCP server with one tool, which works out "12 * 34": one JSON message a line, in and out. Run it by: java Calculator.java */
public class Calculator {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\\d+|\"[^\"]*\")");
    private static final Pattern METHOD = Pattern.compile("\"method\"\\s*:\\s*\"([^\"]*)\"");
    private static final Pattern VERSION = Pattern.compile("\"protocolVersion\"\\s*:\\s*\"([^\"]*)\"");
    private static final Pattern EXPRESSION = Pattern
            .compile("\"expression\"\\s*:\\s*\"\\s*(-?\\d{1,30})\\s*([-+*])\\s*(-?\\d{1,30})\\s*\"");

    private static final String TOOL = """
            {"name":"calculate","description":"Works out an expression such as 12 * 34.","inputSchema":{"type":"object",\
            "properties":{"expression":{"type":"string"}},"required":["expression"]}}""";

    public static void main(String[] args) {
        try (var lines = new java.util.Scanner(System.in)) {
            while (lines.hasNextLine()) answer(lines.nextLine());
        }
    }

    private static void answer(String message) {
        var id = found(ID, message);
        if (id.isEmpty()) return; // a notification
        System.out.println("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + switch (found(METHOD, message)) {
            case "initialize" -> "{\"protocolVersion\":\"" + found(VERSION, message) + "\",\"capabilities\":{\"tools\":{}},"
                    + "\"serverInfo\":{\"name\":\"calculator\",\"version\":\"1\"}}";
            case "tools/list" -> "{\"tools\":[" + TOOL + "]}";
            case "tools/call" -> result(message);
            default -> "{}";
        } + "}");
    }

    private static String result(String message) {
        var asked = EXPRESSION.matcher(message);
        if (!asked.find())
            return "{\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"That is no expression such as 12 * 34.\"}]}";
        BigInteger a = new BigInteger(asked.group(1)), b = new BigInteger(asked.group(3));
        var value = switch (asked.group(2)) {
            case "+" -> a.add(b);
            case "-" -> a.subtract(b);
            default -> a.multiply(b);
        };
        return "{\"content\":[{\"type\":\"text\",\"text\":\"" + value + "\"}]}";
    }

    private static String found(Pattern pattern, String message) {
        var match = pattern.matcher(message);
        return match.find() ? match.group(1) : "";
    }
}
