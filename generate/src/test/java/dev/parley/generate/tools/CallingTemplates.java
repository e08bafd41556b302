package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.params.converter.TypedArgumentConverter;

/** Chat templates written for the tests, each in the way of a family of published ones. */
public final class CallingTemplates {

    public static final String HERMES = """
            {%- if tools %}{{ '<|system|>' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{{ 'Calls are in <tool_call></tool_call>.' }}{% endif %}
            {%- for m in messages %}{{ '<|' + m.role + '|>' }}{{ m.content }}{% for call in m.tool_calls or [] %}{{ '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}{{ call.function.arguments | tojson }}{{ '}\\n</tool_call>' }}{% endfor %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}""";
    public static final String LLAMA = """
            {%- if tools %}{{ '<|system|>' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% endif %}
            {%- for m in messages %}{% if m.tool_calls %}{{ '<|assistant|>{"name": "' + m.tool_calls[0].function.name + '", "parameters": ' }}{{ m.tool_calls[0].function.arguments | tojson }}{{ '}' }}{% elif m.role == 'tool' %}{{ '<|ipython|>' + m.content }}{% else %}{{ '<|' + m.role + '|>' + m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}""";
    public static final String MISTRAL = """
            {%- for m in messages %}{% if m.role == 'user' %}{% if loop.last and tools %}{{ '[AVAILABLE_TOOLS]' }}{{ tools | tojson }}{% endif %}{{ '[INST]' + m.content + '[/INST]' }}{% elif m.tool_calls %}{{ '[TOOL_CALLS][' }}{% for call in m.tool_calls %}{% if call.id | length != 9 %}{{ raise_exception('ids have nine letters') }}{% endif %}{{ '{"name": "' + call.function.name + '", "arguments": ' }}{{ call.function.arguments | tojson }}{{ ', "id": "' + call.id + '"}' }}{% endfor %}{{ ']' }}{% elif m.role == 'tool' %}{% if m.tool_call_id | length != 9 %}{{ raise_exception('ids have nine letters') }}{% endif %}{{ '[TOOL_RESULTS]{"content": "' + m.content + '", "call_id": "' + m.tool_call_id + '"}' }}{% else %}{{ m.content }}{% endif %}{% endfor %}""";

    private CallingTemplates() {}

    /** A function of this name and no schema. */
    static Tool tool(String name) {
        var definition = JsonNodeFactory.instance.objectNode().put("type", "function");
        definition.putObject("function").put("name", name);
        return new Tool(name, definition);
    }

    /** A format by its name. */
    static final class Named extends TypedArgumentConverter<String, ToolFormat> {

        Named() {
            super(String.class, ToolFormat.class);
        }

        @Override
        protected ToolFormat convert(String name) {
            return ToolFormat.ALL.stream().filter(format -> format.name().equals(name)).findFirst().orElseThrow();
        }
    }
}
