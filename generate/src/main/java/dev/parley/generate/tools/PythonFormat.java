package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.grammar.ArgumentForm;
import dev.parley.grammar.Grammar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code <|tool_call_start|>[name(city="Oslo", days=3)]<|tool_call_end|>}: LFM2. */
record PythonFormat() implements ToolFormat {

    private static final String OPEN = "<|tool_call_start|>";
    private static final String CLOSE = "<|tool_call_end|>";
    private static final ListedCalls.Syntax SYNTAX = new ListedCalls.Syntax(OPEN, "", true, '(', '=', ')', Literals.Syntax.PYTHON, CLOSE);

    @Override
    public String name() {
        return "python";
    }

    @Override
    public List<String> markers() {
        return List.of(OPEN);
    }

    @Override
    public List<String> marks() {
        return List.of(OPEN, CLOSE);
    }

    @Override
    public Optional<String> endOfOneCall() {
        return Optional.of(CLOSE);
    }

    @Override
    public boolean hasWritten(String before, String between) {
        return before.contains(OPEN) && between.contains("(") && between.contains("=");
    }

    @Override
    public boolean isTaughtBy(String template) {
        return template.contains("<|tool_list_start|>") || template.contains(OPEN);
    }

    @Override
    public String written(Iterable<JsonNode> calls) {
        var all = new ArrayList<String>();
        for (var call : calls) {
            var function = call.path("function");
            var arguments = function.path("arguments").properties().stream().map(p -> p.getKey() + "=" + literal(p.getValue()));
            all.add(function.path("name").asText() + "(" + arguments.collect(Collectors.joining(", ")) + ")");
        }
        return OPEN + "[" + String.join(", ", all) + "]" + CLOSE;
    }

    private static String literal(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue() ? "True" : "False";
            case NULL -> "None";
            case ARRAY -> value.valueStream().map(PythonFormat::literal).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT -> value.properties().stream().map(p -> TextNode.valueOf(p.getKey()) + ": " + literal(p.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    @Override
    public Grammar calls(Collection<Tool> tools, boolean several) {
        var call = Grammar.anyOf(tools.stream().map(tool -> Grammar.sequence(Grammar.ofText(tool.name() + "("),
                tool.arguments(new ArgumentForm.Python()), Grammar.ofText(")"))).toList());
        return Grammar.sequence(Grammar.ofText(OPEN + "["), several ? call.repeated(", ") : call, Grammar.ofText("]" + CLOSE));
    }

    @Override
    public CallScanner scanner(Collection<Tool> tools, CallScanner.Sink sink) {
        return new ListedCalls(SYNTAX, tools, sink);
    }
}
