package dev.parley.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that Maven wrote into this room's jar. */
public final class VersionProvider implements IVersionProvider {

    /** For example {@code 0.1.0}; {@code of a build folder} when not started from a jar. */
    public static String text() {
        var version = VersionProvider.class.getPackage().getImplementationVersion();
        return version == null ? "of a build folder" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"parley " + text() + " (Java " + Runtime.version() + ")"};
    }
}
