package dev.parley.serve;

/** Which Parley serves. */
public final class Version {

    private Version() {}

    /** As Maven wrote it into this room's jar, such as {@code 0.1.0}; {@code development} of a build folder. */
    public static String text() {
        var version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
