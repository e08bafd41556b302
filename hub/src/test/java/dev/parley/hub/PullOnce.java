package dev.parley.hub;

/** A program of its own that pulls a model with the environment's settings, for tests of several processes at once. */
final class PullOnce {

    private PullOnce() {}

    public static void main(String[] arguments) {
        System.out.println(Hub.resolve(arguments[0]));
    }
}
