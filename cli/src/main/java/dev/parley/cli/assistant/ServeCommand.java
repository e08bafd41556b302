package dev.parley.cli.assistant;

import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code assistant serve}: a server for one assistant, which is {@code serve} with its model. */
@Command(name = "serve", description = "Offer an assistant in the web chat and to OpenAI's clients. Takes all options of ./parley serve.",
        footer = {"", "Examples:", "  ./parley assistant serve customer-service --model my-model",
            "  ./parley assistant serve shop.yaml --model my-model --port 9000 --auth"})
final class ServeCommand implements Callable<Integer> {

    private final Output output;

    @Parameters(index = "0", paramLabel = "NAME|FILE",
            description = "An assistant that comes with Parley, its YAML file, or the file's folder.")
    private String name;

    @Option(names = "--model", paramLabel = "[NAME=]MODEL",
            description = "The chat model that answers: a folder, a .gguf file, or a model of the hub. Default: the one that the "
                    + "assistant's file names.")
    private String model;

    @Mixin
    private HomeOption home;

    @Unmatched
    private List<String> options = new ArrayList<>();

    ServeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        var assistant = home.assistants().find(name);
        var answering = model != null ? model
                : assistant.model().orElseThrow(() -> new IllegalArgumentException("The assistant " + assistant.name()
                        + " names no model; give one with --model, such as a folder that ./parley quickstart made."));
        var arguments = new ArrayList<>(List.of("serve", answering, "--assistant", name));
        home.named().ifPresent(data -> arguments.addAll(List.of("--data", data.toString())));
        arguments.addAll(options);
        return Parley.run(output, arguments.toArray(String[]::new));
    }
}
