package dev.parley.cli.assistant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.Assistant;
import dev.parley.assist.Assistants;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assistant list}: those that come with Parley. */
@Command(name = "list", description = "List the assistants that come with Parley.", footer = {"", "Example:", "  ./parley assistant list"})
final class ListCommand implements Callable<Integer> {

    private final Output output;

    @Mixin
    private HomeOption home;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    ListCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var assistants = new ArrayList<Assistant>();
        for (var name : Assistants.builtIn()) assistants.add(home.assistants().find(name));
        if (json) {
            var result = JsonNodeFactory.instance.objectNode();
            var list = result.putArray("assistants");
            for (var a : assistants) {
                var item = list.addObject().put("name", a.name()).put("file", a.file().toString());
                a.languages().forEach(item.putArray("languages")::add);
                var titles = item.putObject("title");
                var descriptions = item.putObject("description");
                for (var language : a.languages()) {
                    titles.put(language, a.title().in(language));
                    descriptions.put(language, a.description().in(language));
                }
                a.forms().keySet().forEach(item.putArray("forms")::add);
            }
            output.json(result);
        } else {
            for (var a : assistants) {
                output.line(String.format("%-18s %-9s %s", a.name(), String.join(" ", a.languages()), a.description().in("en")));
            }
            output.note("An assistant of your own is one YAML file: docs/assistants.md says how.");
        }
        return Parley.DONE;
    }
}
