package dev.parley.assist.tools;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server's program with all that it has started, from its start to its end. */
final class ServerProcess {

    /** What a program needs to run at all. It is given no other variable: the rest may hold secrets that are none of its business. */
    private static final Set<String> INHERITED = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        INHERITED.addAll(List.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TMP",
                "TEMP",
                "JAVA_HOME", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "PATHEXT", "PROGRAMFILES", "SYSTEMDRIVE",
                "SYSTEMROOT", "COMSPEC", "USERNAME", "PROCESSOR_ARCHITECTURE"));
    }

    private static final int KEPT_CHARACTERS = 8192;
    private static final Duration TO_END = Duration.ofMillis(1500);

    private final McpServerConfig.Stdio config;
    private final Process process;
    private final StringBuilder lastWords = new StringBuilder();
    private final Thread errors;
    private final Thread atExit = new Thread(this::kill, "mcp-exit");

    private ServerProcess(McpServerConfig.Stdio config, Process process) {
        this.config = config;
        this.process = process;
        errors = Thread.ofPlatform().daemon().name("mcp-errors " + config.name()).start(this::keepErrors);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * @throws IOException if there is no such program
     */
    static ServerProcess start(McpServerConfig.Stdio config) throws IOException {
        var command = Stream.concat(Stream.of(config.command()), config.args().stream()).toList();
        var builder = new ProcessBuilder(command).directory(config.folder().map(folder -> new File(folder.toString())).orElse(null));
        builder.environment().keySet().retainAll(builder.environment().keySet().stream().filter(INHERITED::contains).toList());
        builder.environment().putAll(config.env());
        return new ServerProcess(config, builder.start());
    }

    InputStream output() {
        return process.getInputStream();
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    private void keepErrors() {
        try (var reader = new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8)) {
            var piece = new char[1024];
            for (var read = reader.read(piece); read >= 0; read = reader.read(piece)) {
                synchronized (lastWords) {
                    lastWords.append(piece, 0, read);
                    lastWords.delete(0, Math.max(0, lastWords.length() - KEPT_CHARACTERS));
                }
            }
        } catch (IOException e) {
            // the program is gone
        }
    }

    /** The last that it wrote to its standard error, without the secrets that it was given. */
    String standardError() {
        synchronized (lastWords) {
            return UntrustedText.lines(config.withoutSecrets(lastWords.toString()), KEPT_CHARACTERS).strip();
        }
    }

    /** How it ended, to be put behind "ended": its exit code, and its last line of standard error. */
    String exit() {
        try {
            if (!process.waitFor(500, TimeUnit.MILLISECONDS)) return " its output";
            errors.join(Duration.ofMillis(200));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
        var last = standardError().lines().filter(line -> !line.isBlank()).reduce((a, b) -> b);
        return " with exit code " + process.exitValue() + last.map(line -> " (" + UntrustedText.line(line, 200) + ")").orElse("");
    }

    /** Ends it as the protocol says: its input is closed, then it is asked to end, then it is killed; and all that it started. */
    void end() {
        var tree = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList(); // orphans would be found no more
        Thread.ofPlatform().daemon().start(this::closeInput); // waits for ever if the program does not read
        if (!ended(tree)) tree.forEach(ProcessHandle::destroy);
        if (!ended(tree)) tree.forEach(ProcessHandle::destroyForcibly);
        forgetExit();
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it is gone
        }
    }

    private static boolean ended(List<ProcessHandle> tree) {
        try {
            for (var end = System.nanoTime() + TO_END.toNanos(); System.nanoTime() < end; Thread.sleep(20)) {
                if (tree.stream().noneMatch(ProcessHandle::isAlive)) return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return tree.stream().noneMatch(ProcessHandle::isAlive);
    }

    /** Kills it and all that it started, at once. */
    void kill() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList().forEach(ProcessHandle::destroyForcibly);
        forgetExit();
    }

    private void forgetExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // this program is about to end
        }
    }
}
