package dev.parley.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The lifetime of native memory: every tensor made while a scope is the innermost of its thread is freed when the
 * scope closes, except those handed to the scope around it by {@link #keep}. Nothing waits for the garbage collector.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     return scope.keep(x.matmul(w).add(b).softmax(-1));   // three tensors made, one survives
 * }
 * }</pre>
 *
 * Scopes nest as a stack of one thread; a scope must be closed by the thread that opened it. A tensor made outside of
 * every scope lives until its own {@link Tensor#close()}.
 */
public final class Scope implements AutoCloseable {

    private final PointerScope pointers;

    private Scope() {
        Natives.load();
        pointers = new PointerScope();
    }

    /** Opens a scope; close it by try-with-resources. */
    public static Scope open() {
        return new Scope();
    }

    /** Hands a tensor of this scope to the scope around it (or to nobody, if this is the outermost) and returns it. */
    public Tensor keep(Tensor tensor) {
        var scopes = PointerScope.getScopeIterator();
        while (scopes.hasNext() && scopes.next() != pointers) continue;
        if (scopes.hasNext()) {
            scopes.next().attach(tensor.pointer());
        } else {
            tensor.pointer().retainReference();
        }
        pointers.detach(tensor.pointer()); // last: a pointer that nobody holds is freed
        return tensor;
    }

    /** Takes a tensor out of the innermost scope into nobody's care: it lives until its own {@link Tensor#close()}. */
    public static Tensor detach(Tensor tensor) {
        detach(tensor.pointer());
        return tensor;
    }

    static void detach(Pointer pointer) {
        var innermost = PointerScope.getInnerScope();
        if (innermost == null) return;
        pointer.retainReference();
        innermost.detach(pointer);
    }

    @Override
    public void close() {
        pointers.close();
    }
}
