package dev.parley.tensor;

import dev.parley.kernels.machine.Isa;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;

/**
 * The two pools of threads under libtorch: libgomp's, which shares out its operations, and OpenBLAS's, which shares out
 * float32 products. Each waits for its next work by spinning, so that on two cores they fight: training ran at a fifth of
 * its speed. This is the one place that decides how they wait and how many there are:
 *
 * <ul>
 * <li>libgomp's threads sleep as soon as they have nothing to do ({@code OMP_WAIT_POLICY=PASSIVE}), unless the user says otherwise;
 * <li>while {@link Workers} run, every operation stays in its own thread, and neither pool is used at all.
 * </ul>
 *
 * Figures are in docs/decisions.md.
 */
final class ThreadPools {

    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

    private static Optional<MethodHandle> ompSetNumThreads = Optional.empty();
    private static Optional<MethodHandle> openBlasSetNumThreads = Optional.empty();

    private ThreadPools() {}

    /** What the libraries read from the environment when they are loaded: what the user has set stays. */
    static void prepare() {
        setEnvironment(WAIT_POLICY, "PASSIVE", false);
        Isa.asked().environment().forEach((name, value) -> setEnvironment(name, value, true));
    }

    /** Finds what changes the numbers of threads, in the very libraries that libtorch uses: there may be other copies. */
    static void loaded() {
        ompSetNumThreads = setter("omp_set_num_threads");
        openBlasSetNumThreads = setter("openblas_set_num_threads");
    }

    /** How idle threads of libgomp wait, in a word. */
    static String waiting() {
        var policy = System.getenv(WAIT_POLICY);
        return policy == null || policy.equalsIgnoreCase("passive") ? "sleep" : "wait as " + WAIT_POLICY + "=" + policy + " says";
    }

    /** True if operations can be kept in their threads. */
    static boolean canBeLeft() {
        return ompSetNumThreads.isPresent() && openBlasSetNumThreads.isPresent();
    }

    /** From now on the operations of this thread that libgomp would share out stay in it. */
    static void leaveLibgomp() {
        torch.get_num_threads(); // libtorch gives a thread its number at the first use, which would undo ours
        call(ompSetNumThreads.orElseThrow(), 1);
    }

    /** How many threads a float32 product is shared out to, for the whole process. */
    static void openBlasThreads(int threads) {
        call(openBlasSetNumThreads.orElseThrow(), threads);
    }

    @SuppressWarnings("restricted") // both functions have this signature wherever they are
    private static Optional<MethodHandle> setter(String name) {
        return SymbolLookup.loaderLookup().find(name)
                .map(function -> Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));
    }

    private static void call(MethodHandle setter, int threads) {
        try {
            setter.invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError("A setter of the number of threads throws nothing", e);
        }
    }

    /** Sets a variable of this process's environment as C code sees it; does nothing where there is no {@code setenv}. */
    @SuppressWarnings("restricted") // setenv has this signature in every POSIX system
    private static void setEnvironment(String name, String value, boolean overwrite) {
        var linker = Linker.nativeLinker();
        var setenv = linker.defaultLookup().find("setenv");
        if (setenv.isEmpty()) return;
        var handle = linker.downcallHandle(setenv.get(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (var arena = Arena.ofConfined()) {
            MemorySegment n = arena.allocateFrom(name), v = arena.allocateFrom(value);
            var failed = (int) handle.invokeExact(n, v, overwrite ? 1 : 0) != 0;
            if (failed) throw new TensorException("The environment variable " + name + " cannot be set to " + value + ".");
        } catch (TensorException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("setenv throws nothing", e);
        }
    }
}
