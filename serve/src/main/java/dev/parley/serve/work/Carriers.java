package dev.parley.serve.work;

/** The operating system's threads on which virtual threads run. */
public final class Carriers {

    private static final String NUMBER = "jdk.virtualThreadScheduler.parallelism";
    private static final int LEAST = 16;

    private Carriers() {}

    /**
     * Has more of them than there are processors, unless something else is asked for by the property of the JDK. Virtual threads do not
     * let each other go on while they compute; with more carriers a request that computes for long, where none should, does not stop
     * all others. To be called before the first virtual thread is made: then the number is read.
     */
    public static void letShareProcessors() {
        if (System.getProperty(NUMBER) == null)
            System.setProperty(NUMBER, Integer.toString(Math.max(LEAST, Runtime.getRuntime().availableProcessors())));
    }
}
