package dev.parley.serve;

import java.util.function.Supplier;

/** A value that is made on first use, so that the server can start without it. All who ask in the meantime wait for the same one. */
public final class Lazy<T> implements Supplier<T> {

    private Supplier<T> maker;
    private T value;

    private Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    /** @param maker is asked once, unless it throws: then the next who asks has it try again */
    public static <T> Lazy<T> of(Supplier<T> maker) {
        return new Lazy<>(maker);
    }

    @Override
    public synchronized T get() {
        if (maker != null) {
            value = maker.get();
            maker = null;
        }
        return value;
    }
}
