package dev.parley.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads libtorch, once and in the one order that is safe: first every library is unpacked, under a lock that other
 * JVMs respect, then the first is opened. Opening before all are unpacked lets the dynamic linker take a neighbour of
 * the same name from the system (Debian's libtorch, a conda folder), which crashes the JVM; two JVMs that unpack at
 * once can leave a damaged library behind.
 */
final class Natives {

    /** What is unpacked: the folders of the platform's jars, and the libraries there that nobody opens. */
    private static final List<String> FOLDERS = List.of("javacpp", "openblas", "pytorch");
    private static final List<String> UNUSED = List.of("jniopenblas_full", "jniopenblas_nolapack");

    private static volatile boolean loaded;

    private Natives() {}

    /** Loads libtorch unless it is loaded; the settings that must come before are made here too. */
    static void load() {
        if (!loaded) loadOnce();
    }

    private static synchronized void loadOnce() {
        if (loaded) return;
        if (!Engine.isAvailable()) {
            throw new TensorException(
                    "libtorch, which this needs, is not on the class path in a build for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch") + "; models run here in Java alone (--engine java).");
        }
        // The collector must neither free native memory nor be called when resident memory is large.
        setIfAbsent("org.bytedeco.javacpp.noPointerGC", "true");
        setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        Allocator.keepFreedMemory();
        ThreadPools.prepare();
        try {
            unpackAll();
        } catch (IOException e) {
            throw new UncheckedIOException("The native libraries could not be unpacked into " + cacheFolder()
                    + ": " + e.getMessage() + "; free some disk space there, or name another folder by"
                    + " -Dorg.bytedeco.javacpp.cachedir=FOLDER.", e);
        }
        try {
            Loader.load(torch.class);
        } catch (UnsatisfiedLinkError e) {
            throw new TensorException("libtorch cannot be loaded on " + Loader.getPlatform() + " (" + e.getMessage()
                    + "); Parley runs on linux-x86_64, macosx-arm64 and windows-x86_64.", e);
        }
        torch.set_num_threads(Engine.threads());
        ThreadPools.loaded();
        ProcessExit.skipNativeHandlers();
        loaded = true;
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) System.setProperty(property, value);
    }

    /** Where the libraries lie once unpacked. */
    static Path cacheFolder() {
        try {
            return Loader.getCacheDir().toPath();
        } catch (IOException e) {
            throw new UncheckedIOException("There is no folder for the native libraries: " + e.getMessage()
                    + "; name one by -Dorg.bytedeco.javacpp.cachedir=FOLDER.", e);
        }
    }

    private static void unpackAll() throws IOException {
        var libraries = libraries();
        var cache = cacheFolder();
        var stamp = cache.resolve("parley-" + Loader.getPlatform() + "-" + fingerprint(libraries) + ".unpacked");
        if (Files.exists(stamp) && allThere(stamp)) return;
        Files.createDirectories(cache);
        try (var channel = FileChannel.open(cache.resolve("parley.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (!lock.isValid() || (Files.exists(stamp) && allThere(stamp))) return;
            System.err.println("Unpacking libtorch into " + cache + " (once, about 450 MB).");
            var unpacked = new ArrayList<String>();
            for (var library : libraries) {
                var file = Loader.cacheResource(torch.class, library.path());
                if (file == null) throw new IOException(library.path() + " cannot be read");
                unpacked.add(file.length() + " " + file.getAbsolutePath());
            }
            Files.write(stamp, unpacked);
        }
    }

    private static boolean allThere(Path stamp) throws IOException {
        for (var line : Files.readAllLines(stamp)) {
            var space = line.indexOf(' ');
            var file = Path.of(line.substring(space + 1));
            if (!Files.exists(file) || Files.size(file) != Long.parseLong(line.substring(0, space))) return false;
        }
        return true;
    }

    private static String fingerprint(List<Library> libraries) {
        return Integer.toHexString(libraries.hashCode());
    }

    /** A library in a jar: the path of the resource, and its size. */
    private record Library(String path, long size) {}

    private static List<Library> libraries() throws IOException {
        var libraries = new ArrayList<Library>();
        for (var folder : FOLDERS) {
            var root = "org/bytedeco/" + folder + "/" + Loader.getPlatform() + "/";
            var url = torch.class.getClassLoader().getResource(root);
            if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
                throw new IOException("no libtorch for " + Loader.getPlatform() + " on the class path (" + root + ")");
            }
            connection.setUseCaches(false);
            try (var jar = connection.getJarFile()) {
                jar.stream()
                        .filter(e -> e.getName().startsWith(root) && isLibrary(e.getName().substring(root.length())))
                        .forEach(e -> libraries.add(new Library("/" + e.getName(), e.getSize())));
            }
        }
        return libraries;
    }

    private static boolean isLibrary(String name) {
        return name.matches("[^/]+\\.(so(\\.[0-9.]+)?|dylib|dll)") && UNUSED.stream().noneMatch(name::contains);
    }
}
