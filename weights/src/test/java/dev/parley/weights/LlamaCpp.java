package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.files.Program;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * llama.cpp as the npm package node-llama-cpp ships it, called without Node: its own widening and quantising of blocks and of whole
 * files. Downloaded once into {@code target}.
 */
@SuppressWarnings("restricted") // to call native code is what it is for
public final class LlamaCpp {

    private static final String PACKAGE = "@node-llama-cpp/linux-x64", VERSION = "3.22.1";
    private static final Path FOLDER = Path.of("target/llama.cpp"); // kept from one run to the next
    /** More than any record of settings takes. */
    static final MemoryLayout ROOM = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, ValueLayout.JAVA_LONG));
    private static LlamaCpp loaded;

    private final Path folder;
    private final Arena arena = Arena.global();
    private final SymbolLookup base, llama;

    private LlamaCpp(Path folder) {
        this.folder = folder;
        base = library("libggml-base.so");
        library("libggml-cpu-x64.so"); // before those that name it
        var ggml = library("libggml.v0.5.0.so");
        llama = library("libllama.v0.5.0.so");
        call(ggml, "ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS), arena.allocateFrom(folder + "/"));
        var quiet = Linker.nativeLinker().defaultLookup().findOrThrow("getpid"); // a function that takes what it is given in silence
        call(llama, "llama_log_set", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS), quiet, MemorySegment.NULL);
        call(llama, "llama_backend_init", FunctionDescriptor.ofVoid());
    }

    /** The library; the test is skipped where it cannot be had, unless PARLEY_REQUIRE_NODE is true. */
    public static synchronized LlamaCpp load() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "node-llama-cpp's library for Linux on x64 is the one that is compared with");
        if (loaded != null) return loaded;
        Program.assumeHere("PARLEY_REQUIRE_NODE", "npm");
        var npm = FOLDER.resolve("node_modules").resolve(PACKAGE);
        if (!Files.exists(npm.resolve("package.json"))) {
            Files.createDirectories(FOLDER);
            var installed = Program.run(FOLDER, "npm", "install", "--no-audit", "--no-fund", "--prefix", ".", PACKAGE + "@" + VERSION);
            assertEquals(0, installed.exitCode(), installed.output());
        }
        return loaded = new LlamaCpp(npm.resolve("bins/linux-x64").toAbsolutePath());
    }

    private SymbolLookup library(String name) {
        return SymbolLookup.libraryLookup(folder.resolve(name), arena);
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    /** Calls a function of llama.cpp; one that returns a record takes an allocator first. */
    Object call(String name, FunctionDescriptor type, Object... arguments) {
        return call(llama, name, type, arguments);
    }

    private static Object call(SymbolLookup library, String name, FunctionDescriptor type, Object... arguments) {
        try {
            return handle(library, name, type).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** Numbers of whole blocks. */
    public float[] widen(GgmlType type, byte[] blocks, int count) {
        try (var memory = Arena.ofConfined()) {
            MemorySegment from = memory.allocateFrom(ValueLayout.JAVA_BYTE, blocks), into = memory.allocate(4L * count, 64);
            call(base, "dequantize_row_" + name(type),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG),
                    from, into, (long) count);
            return into.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /**
     * Rows of numbers as blocks.
     *
     * @param importance of each column; empty for none
     */
    public byte[] narrow(GgmlType type, float[] numbers, int columns, float[] importance) {
        try (var memory = Arena.ofConfined()) {
            var weights = importance.length == 0 ? MemorySegment.NULL : memory.allocateFrom(ValueLayout.JAVA_FLOAT, importance);
            var from = memory.allocateFrom(ValueLayout.JAVA_FLOAT, numbers);
            var into = memory.allocate(type.bytes(numbers.length), 64);
            call(base, "ggml_quantize_chunk", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                    type.id(), from, into, 0L, (long) numbers.length / columns, (long) columns, weights);
            return into.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static String name(GgmlType type) {
        return type.name().toLowerCase(Locale.ROOT).replaceFirst("_k$", "_K");
    }

    /**
     * Quantises a GGUF file of whole floats by llama.cpp's rule of which tensor gets which type.
     *
     * @param fileType as llama.cpp numbers mixtures: 15 is Q4_K_M
     * @param pure whether all matrices get one type, as far as their rows allow
     */
    public void quantize(Path from, Path into, int fileType, boolean pure) {
        quantize(from, into, fileType, pure, Map.of());
    }

    /** The same. @param importance of the columns of tensors */
    public void quantize(Path from, Path into, int fileType, boolean pure, Map<String, float[]> importance) {
        try (var memory = Arena.ofConfined()) {
            var settings = (MemorySegment) call(llama, "llama_model_quantize_default_params", FunctionDescriptor.of(ROOM),
                    (SegmentAllocator) memory);
            settings.set(ValueLayout.JAVA_INT, 0, 2); // threads
            settings.set(ValueLayout.JAVA_INT, 4, fileType);
            settings.set(ValueLayout.JAVA_BYTE, 19, (byte) (pure ? 1 : 0));
            if (!importance.isEmpty()) settings.set(ValueLayout.ADDRESS, 24, entries(importance, memory));
            var type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
            assertEquals(0, call(llama, "llama_model_quantize", type, memory.allocateFrom(from.toString()),
                    memory.allocateFrom(into.toString()), settings));
        }
    }

    /** Name, numbers and how many, of each; the last without a name. */
    private static MemorySegment entries(Map<String, float[]> importance, Arena memory) {
        var entries = memory.allocate(24L * (importance.size() + 1), 8);
        var at = 0L;
        for (var each : importance.entrySet()) {
            entries.set(ValueLayout.ADDRESS, at, memory.allocateFrom(each.getKey()));
            entries.set(ValueLayout.ADDRESS, at + 8, memory.allocateFrom(ValueLayout.JAVA_FLOAT, each.getValue()));
            entries.set(ValueLayout.JAVA_LONG, at + 16, each.getValue().length);
            at += 24;
        }
        return entries;
    }
}
