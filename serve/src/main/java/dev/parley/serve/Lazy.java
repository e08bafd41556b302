package dev.parley.serve;

import java.util.function.Supplier;

/** A value that is made when somebody first asks for it, so that a server need not wait for it to start. All who ask meanwhile wait for the same. */
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
