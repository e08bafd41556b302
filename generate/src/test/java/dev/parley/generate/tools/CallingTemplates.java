package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
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

    public static final String QWEN_CODER = """
            {%- if tools %}{{ '<|system|># Tools\\n' }}{% for tool in tools %}{{ '<function>' + tool.function.name + ': ' + tool.function.description + (tool.function.parameters | tojson) + '</function>' }}{% endfor %}{% endif %}
            {%- for m in messages %}{% if m.role == 'tool' %}{{ '<|user|><tool_response>\\n' + m.content + '\\n</tool_response>' }}{% else %}{{ '<|' + m.role + '|>' + m.content }}{% for call in m.tool_calls or [] %}{{ ('\\n\\n' if m.content or not loop.first else '') + '<tool_call>\\n<function=' + call.function.name + '>\\n' }}{% for key, value in call.function.arguments | items %}{{ '<parameter=' + key + '>\\n' }}{{ value if value is string else value | string if value is boolean or value is none else value | tojson }}{{ '\\n</parameter>\\n' }}{% endfor %}{{ '</function>\\n</tool_call>' }}{% endfor %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}""";
    public static final String MISTRAL_ARGS = """
            {%- if tools %}{{ '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{% endif %}
            {%- for m in messages %}{% if m.role == 'user' %}{{ '[INST]' + m.content + '[/INST]' }}{% elif m.role == 'tool' %}{{ '[TOOL_RESULTS]' + m.content + '[/TOOL_RESULTS]' }}{% else %}{{ m.content }}{% for call in m.tool_calls or [] %}{{ '[TOOL_CALLS]' + call.function.name + '[ARGS]' }}{{ call.function.arguments if call.function.arguments is string else call.function.arguments | tojson }}{% endfor %}{% endif %}{% endfor %}""";
    public static final String LFM2 = """
            {%- if tools %}{{ '<|im_start|>system\\nList of tools: <|tool_list_start|>[' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{{ ']<|tool_list_end|><|im_end|>\\n' }}{% endif %}
            {%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'tool' %}{{ '<|tool_response_start|>' + m.content + '<|tool_response_end|>' }}{% else %}{{ m.content }}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""";
    public static final String FUNCTION_GEMMA = """
            {%- macro shown(value) -%}{% if value is string %}{{ '<escape>' + value + '<escape>' }}{% elif value is mapping %}{{ '{' }}{% for key, inner in value | items %}{{ key + ':' }}{{ shown(inner) }}{{ '' if loop.last else ',' }}{% endfor %}{{ '}' }}{% elif value is iterable %}{{ '[' }}{% for inner in value %}{{ shown(inner) }}{{ '' if loop.last else ',' }}{% endfor %}{{ ']' }}{% else %}{{ value | tojson }}{% endif %}{%- endmacro -%}
            {%- for tool in tools or [] %}{{ '<start_function_declaration>declaration:' + tool.function.name + '{description:' }}{{ shown(tool.function.description) }}{{ ',parameters:' }}{{ shown(tool.function.parameters or {}) }}{{ '}<end_function_declaration>' }}{% endfor %}
            {%- for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + m.content }}{% for call in m.tool_calls or [] %}{{ '<start_function_call>call:' + call.function.name + '{' }}{% for key, value in call.function.arguments | items %}{{ key + ':' }}{{ shown(value) }}{{ '' if loop.last else ',' }}{% endfor %}{{ '}<end_function_call>' }}{% endfor %}{{ '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}""";
    public static final String DEEPSEEK = """
            {%- for tool in tools or [] %}{{ '### ' + tool.function.name + ': ' + tool.function.description + (tool.function.parameters | tojson) }}{% endfor %}
            {%- for m in messages %}{% if m.role == 'user' %}{{ '<｜User｜>' + m.content }}{% elif m.role == 'tool' %}{{ '<｜tool▁output▁begin｜>' + m.content + '<｜tool▁output▁end｜>' }}{% else %}{{ '<｜Assistant｜>' + m.content }}{% for call in m.tool_calls or [] %}{{ '<｜tool▁calls▁begin｜>' if loop.first else '' }}{{ '<｜tool▁call▁begin｜>' + call.function.name + '<｜tool▁sep｜>' }}{{ call.function.arguments if call.function.arguments is string else call.function.arguments | tojson }}{{ '<｜tool▁call▁end｜>' }}{{ '<｜tool▁calls▁end｜>' if loop.last else '' }}{% endfor %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<｜Assistant｜>' }}{% endif %}""";
    public static final String DEEPSEEK_BLOCKS = DEEPSEEK.replace("{{ '<｜tool▁call▁begin｜>' + call.function.name + '<｜tool▁sep｜>' }}",
            "{{ ('' if loop.first else '\\n') + '<｜tool▁call▁begin｜>function<｜tool▁sep｜>' + call.function.name + '\\n```json\\n' }}")
            .replace("{{ '<｜tool▁call▁end｜>' }}", "{{ '\\n```<｜tool▁call▁end｜>' }}");
    public static final String GEMMA = FUNCTION_GEMMA.replace("<start_function_call>", "<|tool_call>")
            .replace("<end_function_call>", "<tool_call|>").replace("<escape>", "<|\\\"|>");

    /** Thoughts beside a call may stand in one of two fields, and marks of a header in none, as in GPT-OSS's. */
    public static final String HARMONY = """
            {%- macro calls(m) %}{% if m.thinking and m.content %}{{ raise_exception('content and thinking before a call') }}{% endif %}
            {%- if m.thinking or m.content %}{{ '<|start|>assistant<|channel|>analysis<|message|>' + (m.thinking or m.content) + '<|end|>' }}{% endif %}
            {{- '<|start|>assistant to=functions.' + m.tool_calls[0].function.name + '<|channel|>commentary json<|message|>' }}{{ m.tool_calls[0].function.arguments | tojson }}{{ '<|call|>' }}{% endmacro %}
            {{- '<|start|>system<|message|>' + (model_identity | default('You are a small model.')) + '\nReasoning: ' + (reasoning_effort | default('medium')) + '\n\n# Channels: analysis, commentary, final.<|end|>' }}
            {%- if tools %}{{ '<|start|>developer<|message|># Tools\n\nnamespace functions {\n' }}{% for tool in tools %}{{ '// ' + (tool.function.description or '') + '\ntype ' + tool.function.name + ' = (_: ' }}{{ tool.function.parameters | tojson }}{{ ') => any;\n' }}{% endfor %}{{ '}<|end|>' }}{% endif %}
            {%- set said = namespace(name=none) %}
            {%- for m in messages %}{% if 'content' in m and '<|channel|>' in m.content %}{{ raise_exception('a header within a message') }}{% endif %}
            {%- if m.role == 'assistant' and m.tool_calls %}{% set said.name = m.tool_calls[0].function.name %}{{ calls(m) }}
            {%- elif m.role == 'assistant' %}{{ '<|start|>assistant<|channel|>final<|message|>' + m.content + '<|end|>' }}
            {%- elif m.role == 'tool' %}{{ '<|start|>functions.' + said.name + ' to=assistant<|channel|>commentary<|message|>' }}{{ m.content | tojson }}{{ '<|end|>' }}
            {%- else %}{{ '<|start|>' + m.role + '<|message|>' + m.content + '<|end|>' }}{% endif %}{% endfor %}
            {%- if add_generation_prompt %}{{ '<|start|>assistant' }}{% endif %}""";

    /** By the name of their format. */
    public static final Map<String, String> BY_FORMAT = Map.ofEntries(Map.entry("harmony", HARMONY), Map.entry("hermes", HERMES),
            Map.entry("llama", LLAMA), Map.entry("mistral-list", MISTRAL),
            Map.entry("mistral", MISTRAL_ARGS), Map.entry("qwen-coder", QWEN_CODER), Map.entry("python", LFM2),
            Map.entry("function-gemma", FUNCTION_GEMMA), Map.entry("gemma", GEMMA), Map.entry("deepseek", DEEPSEEK),
            Map.entry("deepseek-blocks", DEEPSEEK_BLOCKS));

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
