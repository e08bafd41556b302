package dev.parley.cli.accounts;

import dev.parley.cli.DataOptions;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.User;
import dev.parley.serve.accounts.Users;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code users list}. */
@Command(name = "list", description = "List the users.", footer = {"", "Example:", "  ./parley users list --json"})
final class ListUsersCommand implements Callable<Integer> {

    private final Output output;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Mixin
    private DataOptions data;

    ListUsersCommand(Output output) {
        this.output = output;
    }

    private record Result(List<Row> users) {}

    private record Row(String id, String name, boolean disabled, String created) {

        static Row of(User user) {
            return new Row(user.id(), user.name(), user.disabled(), user.created().toString());
        }
    }

    @Override
    public Integer call() {
        try (var database = data.open()) {
            var users = new Users(database).all();
            if (json) output.json(new Result(users.stream().map(Row::of).toList()));
            else if (users.isEmpty()) output.note("There are no users; ./parley users add NAME adds one.");
            else write(users);
            return Parley.DONE;
        }
    }

    private void write(List<User> users) {
        var width = Math.max(4, users.stream().mapToInt(user -> user.name().length()).max().orElseThrow());
        output.line(String.format("%-" + width + "s  %-10s  %s", "NAME", "SINCE", "STATE"));
        for (var user : users) {
            output.line(String.format("%-" + width + "s  %s  %s", user.name(), LocalDate.ofInstant(user.created(), ZoneId.systemDefault()),
                    user.disabled() ? "disabled" : "may log in"));
        }
    }
}
