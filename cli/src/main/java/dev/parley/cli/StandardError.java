package dev.parley.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Puts standard error back where the user has it. Java cannot be kept from saying at its start that the Vector API is in an
 * incubator, so that the launcher hands standard error over as another descriptor, and has what is written before
 * {@code main} pass through a filter.
 */
final class StandardError {

    /** Set by the launcher: the descriptor that standard error lies in. */
    private static final String PROPERTY = "parley.stderr.descriptor";

    private StandardError() {}

    @SuppressWarnings("restricted") // a call of the C library
    static void restore() {
        var descriptor = Integer.getInteger(PROPERTY);
        if (descriptor == null) return;
        try {
            var linker = Linker.nativeLinker();
            var dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            var restored = (int) dup2.invokeExact((int) descriptor, 2);
            if (restored < 0) System.err.println("parley: standard error stays behind the launcher's filter.");
        } catch (Throwable e) {
            System.err.println("parley: standard error stays behind the launcher's filter: " + e.getMessage());
        }
    }
}
