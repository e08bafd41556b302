package dev.parley.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Settings of the C library's allocator. By default glibc gives large blocks back to the kernel as soon as they are
 * freed and takes fresh ones for the next step, and the page faults cost an optimiser's step two to three times its
 * arithmetic.
 */
final class Allocator {

    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_MMAP_THRESHOLD = -3;

    private static volatile boolean keepsFreedMemory;

    private Allocator() {}

    /** Lets freed blocks stay in the process; does nothing where the C library is not glibc. */
    @SuppressWarnings("restricted") // mallopt has this signature in every glibc
    static void keepFreedMemory() {
        var linker = Linker.nativeLinker();
        var symbols = linker.defaultLookup();
        if (symbols.find("gnu_get_libc_version").isEmpty()) return;
        var mallopt = linker.downcallHandle(symbols.findOrThrow("mallopt"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            keepsFreedMemory = (int) mallopt.invokeExact(M_MMAP_THRESHOLD, Integer.MAX_VALUE) == 1
                    & (int) mallopt.invokeExact(M_TRIM_THRESHOLD, Integer.MAX_VALUE) == 1;
        } catch (Throwable e) {
            throw new AssertionError("mallopt throws nothing", e);
        }
    }

    /** Whether the settings took hold. */
    static boolean keepsFreedMemory() {
        return keepsFreedMemory;
    }
}
