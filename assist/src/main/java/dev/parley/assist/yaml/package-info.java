/**
 * YAML whose faults are told with file, line and key. Start from {@link dev.parley.assist.yaml.YamlFile}; {@link
 * dev.parley.assist.yaml.YamlValue} is one value in it.
 *
 * <pre>{@code
 * var top = YamlFile.read(Path.of("assistant.yaml"));
 * var name = top.required("name").text();
 * top.requireOnly("name", "title");   // "assistant.yaml, line 3: there is no key titel here; there are name, title."
 * }</pre>
 */
package dev.parley.assist.yaml;
