package dev.parley.cli.teach;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.cli.DataOptions;
import dev.parley.cli.Downloads;
import dev.parley.cli.EngineOptions;
import dev.parley.cli.InterruptHandler;
import dev.parley.cli.Interrupted;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.User;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.lessons.Lesson;
import dev.parley.serve.lessons.LessonFaults;
import dev.parley.serve.lessons.LessonRun;
import dev.parley.serve.lessons.Lessons;
import dev.parley.serve.lessons.ModelFingerprint;
import dev.parley.train.lesson.LessonOutcome;
import dev.parley.train.lesson.LessonSettings;
import dev.parley.train.lesson.Teaching;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code parley teach}: makes a lesson; its subcommands look at lessons and say which are in use. */
@Command(name = "teach",
        description = {
            "Teaches a model by what people said of its answers in the chat: corrected answers, choices between two, and thumbs.",
            "A lesson is a small adapter beside the model, which stays as it is. It is measured on feedback that it did not learn from and "
                    + "on a fixed probe, and changes nothing until it is put in use."},
        footer = {"", "Examples:", "  ./parley teach my-model --data my-data", "  ./parley teach adopt 1 --data my-data",
            "  ./parley teach my-model --data my-data --user ada --adopt", "  ./parley teach revoke 1 --data my-data"})
public final class TeachCommand implements Callable<Integer> {

    static final String ENDED = "Its process ended before it was finished.";

    private final Output output;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "MODEL",
            description = "The model to teach: a folder with safetensors, or a model of the hub, org/name or org/name@revision.")
    private String model;

    @Mixin
    private DataOptions data;

    @Option(names = "--name", paramLabel = "NAME",
            description = "The model's name on the server. Default: the folder's, as ./parley serve has it.")
    private String name;

    @Option(names = "--user", paramLabel = "NAME",
            description = "Learn from this user's feedback alone, for their answers alone. Default: everybody's, for all.")
    private String user;

    @Option(names = "--imported", description = "Learn from answers of imported conversations too. Such a file can contain any answer.")
    private boolean imported;

    @Option(names = "--adopt", description = "Put the lesson in use, unless it is worse than before in something.")
    private boolean adopt;

    @Option(names = "--force", description = "With --adopt: even if it is worse in something.")
    private boolean force;

    @Option(names = "--dry-run", description = "Learn nothing: say what there is to learn from.")
    private boolean dryRun;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42",
            description = "The same feedback and seed make the same lesson. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print a JSON object a line: how far it is, and at the end the lesson.")
    private boolean json;

    /** Makes the command, with where it writes. */
    public TeachCommand(Output output) {
        this.output = output;
    }

    /** The subcommands, in the order in which help lists them. */
    public static List<Object> commands(Output output) {
        return List.of(new ListCommand(output), new ShowCommand(output), new AdoptCommand(output), new DiscardCommand(output),
                new RevokeCommand(output));
    }

    @Override
    public Integer call() throws IOException {
        if (model == null) throw new ParameterException(spec.commandLine(),
                "Name the model to teach, or what shall be done with lessons: list, show, adopt, discard or revoke.");
        if (force && !adopt) throw new ParameterException(spec.commandLine(), "--force goes with --adopt.");
        var folder = Downloads.model(model, output);
        var fingerprint = ModelFingerprint.of(folder);
        var gathered = gather();
        output.note(gathered.sentence());
        if (dryRun) {
            if (json) output.json(gathered.json());
            return Parley.DONE;
        }
        var lessons = Lessons.in(data.folder());
        var served = name == null ? Downloads.idOf(model, folder) : name;
        lessons.failLeft(ENDED);
        try (var run = lessons.begin(served, fingerprint, gathered.audience(), OptionalInt.empty())) {
            return end(lessons, run, teach(run, folder, gathered));
        }
    }

    private Gathered gather() {
        try (var database = data.openExisting()) {
            var of = user == null ? Optional.<User>empty()
                    : Optional.of(new Users(database).all().stream().filter(u -> u.name().equalsIgnoreCase(user.strip())).findFirst()
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "There is no user " + user + "; ./parley users list lists them.")));
            var gathered = Gathered.of(database, of, imported);
            if (gathered.feedback().isEmpty()) throw new IllegalArgumentException(
                    "There is no feedback " + of.map(u -> "of " + u.name() + " ").orElse("") + "to learn from: correct an answer in the "
                            + "chat, choose between two, or give a thumb.");
            return gathered;
        }
    }

    private LessonOutcome teach(LessonRun run, Path folder, Gathered gathered) throws IOException {
        run.count(gathered.counts(0));
        var teaching = new Teaching(folder, EngineOptions.requireTokenizer(folder), LessonSettings.DEFAULT.withSeed(seed)).withName(model)
                .withOthers(gathered.others());
        try (var progress = new LessonProgressBars(output, json);
                var interruption = InterruptHandler.stops(teaching::stop, "Stopping: this lesson will not be put in use.", output)) {
            var outcome = teaching.onProgress(progress).teach(gathered.feedback(), run.adapter(), run.training());
            if (outcome.isEmpty()) {
                run.fail("It was interrupted.");
                throw new Interrupted("Interrupted: lesson " + run.id() + " is not made, and nothing is in use that was not before.");
            }
            run.count(gathered.counts(outcome.get().own()));
            return outcome.get();
        } catch (IllegalArgumentException | IllegalStateException | IOException e) {
            run.fail(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private int end(Lessons lessons, LessonRun run, LessonOutcome outcome) {
        var lesson = run.finish(Results.of(outcome));
        var faults = LessonFaults.of(lesson);
        var adopted = adopt && (force || faults.isEmpty());
        if (adopted) lesson = lessons.adopt(lesson.id());
        if (json) output.json(JsonNodeFactory.instance.objectNode().put("lesson", lesson.id()).put("state", lesson.state().label())
                .set("result", lesson.json()));
        else LessonText.write(output, lesson);
        faults.forEach(fault -> output.note("! " + fault));
        if (!json && !adopted) output.line("Next: " + next(lesson, faults.isEmpty()));
        if (!adopt || adopted) return Parley.DONE;
        output.note("parley: Lesson " + lesson.id() + " is not put in use, since it is worse in something; --force does so all the same.");
        return Parley.FAILED;
    }

    private static String next(Lesson lesson, boolean good) {
        return good ? "./parley teach adopt " + lesson.id() + " puts it in use, ./parley teach discard " + lesson.id() + " throws it away."
                : "./parley teach discard " + lesson.id() + " throws it away; adopt --force puts it in use all the same.";
    }
}
