package dev.parley.kernels.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory for weights, of zeros. On Linux it is mapped, so that nothing is written before the weights are, and asked for in
 * large pages, which stream some five percent faster.
 */
@SuppressWarnings("restricted") // calls of the C library
public final class NativeMemory {

    private static final long LARGE_PAGE = 2 << 20;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_DONTNEED = 4;
    private static final long PAGE = 64 << 10; // the largest usual one, and a multiple of the others
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private NativeMemory() {}

    /** The three calls of the C library. Absent where they are not Linux's. */
    private record Calls(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise) {

        static final Calls LINUX = System.getProperty("os.name").equals("Linux") ? find() : null;

        private static Calls find() {
            var linker = Linker.nativeLinker();
            var library = linker.defaultLookup();
            var pointer = ValueLayout.ADDRESS;
            var whole = ValueLayout.JAVA_INT;
            var size = ValueLayout.JAVA_LONG;
            return new Calls(
                    linker.downcallHandle(library.findOrThrow("mmap"),
                            FunctionDescriptor.of(pointer, pointer, size, whole, whole, whole, size)),
                    linker.downcallHandle(library.findOrThrow("munmap"), FunctionDescriptor.of(whole, pointer, size)),
                    linker.downcallHandle(library.findOrThrow("madvise"), FunctionDescriptor.of(whole, pointer, size, whole)));
        }
    }

    /**
     * Memory of zeros that lives as long as the arena.
     *
     * @throws OutOfMemoryError if the system has none
     */
    public static MemorySegment allocate(Arena arena, long bytes) {
        if (Calls.LINUX == null || bytes < LARGE_PAGE) return arena.allocate(Math.max(bytes, 64), 64).asSlice(0, bytes);
        var mapped = bytes + LARGE_PAGE;
        try {
            var at = (MemorySegment) Calls.LINUX.mmap.invokeExact(MemorySegment.NULL, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1,
                    0L);
            if (at.address() == -1) throw new OutOfMemoryError("The system has no " + bytes + " bytes of memory for weights.");
            var from = Math.ceilDiv(at.address(), LARGE_PAGE) * LARGE_PAGE;
            var heeded = (int) Calls.LINUX.madvise.invokeExact(MemorySegment.ofAddress(from), bytes / LARGE_PAGE * LARGE_PAGE,
                    MADV_HUGEPAGE);
            assert heeded <= 0; // a hint: without it all works the same
            return at.reinterpret(mapped, arena, all -> unmap(all, mapped)).asSlice(from - at.address(), bytes);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("mmap cannot be called.", e);
        }
    }

    /** Tells the system that a part of a mapped file will not be read soon, so that its pages are no longer this process's. */
    public static void release(MemorySegment mappedFile) {
        if (Calls.LINUX == null) return;
        long from = Math.ceilDiv(mappedFile.address(), PAGE) * PAGE, to = (mappedFile.address() + mappedFile.byteSize()) / PAGE * PAGE;
        if (from >= to) return;
        try {
            var heeded = (int) Calls.LINUX.madvise.invokeExact(MemorySegment.ofAddress(from), to - from, MADV_DONTNEED);
            assert heeded <= 0;
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called.", e);
        }
    }

    private static void unmap(MemorySegment memory, long bytes) {
        try {
            var result = (int) Calls.LINUX.munmap.invokeExact(memory, bytes);
            assert result == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("munmap cannot be called.", e);
        }
    }
}
