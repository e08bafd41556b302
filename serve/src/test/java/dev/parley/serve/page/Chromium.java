package dev.parley.serve.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The browser of the machine, without a window. Where there is none, tests that need it are skipped, or fail if it is demanded. */
final class Chromium implements AutoCloseable {

    /** Set to {@code true} where the browser must be there. */
    private static final String DEMANDED = "PARLEY_REQUIRE_BROWSER";
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private static Chromium shared;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Path executable) {
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(executable)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")));
        } catch (RuntimeException e) {
            playwright.close(); // which is a process of its own
            throw e;
        }
    }

    /** One browser for all classes of tests: the first starts it, and it is closed after the last. It belongs to their thread. */
    static final class Shared implements BeforeAllCallback {

        @Override
        public void beforeAll(ExtensionContext context) {
            shared = context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Chromium.class, key -> start(),
                    Chromium.class);
        }
    }

    static Chromium shared() {
        return shared;
    }

    static Chromium start() {
        var executable = executable();
        if (executable.isEmpty()) {
            var message = "There is no Chromium on this machine; install it, for example by apt-get install chromium fonts-noto-cjk.";
            if ("true".equals(System.getenv(DEMANDED))) Assertions.fail(message);
            Assumptions.abort("Skipped: " + message);
        }
        return new Chromium(executable.get());
    }

    private static Optional<Path> executable() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable).findFirst();
    }

    Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        try (playwright) {
            browser.close();
        }
    }
}
