package dev.parley.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How a process with libtorch in it ends. A signal ends the JVM while other threads are in the middle of native work; C's
 * exit handlers then take the libraries apart under them: OpenBLAS waits for threads that never come back, and a worker
 * touches what is no longer there (seen: a process that stays for ever, and SIGSEGV). Nothing is left for these handlers
 * to do, since every file is closed by Java: so that the first of them ends the process, with the code that it was to have.
 */
final class ProcessExit {

    private ProcessExit() {}

    /**
     * To be called when the libraries are loaded: handlers run in the reverse order of their registration. What libraries
     * register later, at their first use, comes before ours, which is therefore registered again when the JVM begins to end.
     */
    static void skipNativeHandlers() {
        register();
        Runtime.getRuntime().addShutdownHook(new Thread(ProcessExit::register, "parley-process-exit"));
    }

    /** {@code on_exit(_exit, 0)}: glibc calls {@code _exit(code, 0)}, of which _exit takes the first. Does nothing elsewhere. */
    @SuppressWarnings("restricted") // both functions have this signature in every glibc
    private static void register() {
        var linker = Linker.nativeLinker();
        var symbols = linker.defaultLookup();
        if (symbols.find("gnu_get_libc_version").isEmpty()) return;
        var onExit = linker.downcallHandle(symbols.findOrThrow("on_exit"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try {
            var failed = (int) onExit.invokeExact(symbols.findOrThrow("_exit"), MemorySegment.NULL) != 0; // no memory: the handlers run
            if (failed) System.err.println("parley: C's exit handlers cannot be skipped.");
        } catch (Throwable e) {
            throw new AssertionError("on_exit throws nothing", e);
        }
    }
}
