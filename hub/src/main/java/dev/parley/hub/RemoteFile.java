package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.util.regex.Pattern;

/**
 * A file as the hub tells of it before it is fetched.
 *
 * @param name path in the model's folder, with slashes
 * @param etag names its content: the SHA-256 of a large file, git's SHA-1 of a small one; the blob's file name
 * @param size in bytes
 */
record RemoteFile(String name, String etag, long size) {

    private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}");
    private static final int LONGEST_NAME = 400;

    /** @throws HubException DAMAGED if the server's words cannot be a file of a folder */
    RemoteFile {
        requireSafe(name);
        if (!ETAG.matcher(etag).matches() || etag.endsWith(".incomplete")) {
            throw new HubException(Reason.DAMAGED, name + ": the server gives it the ETag \"" + shown(etag) + "\", which is no hash.");
        }
        if (size < 0) throw new HubException(Reason.DAMAGED, name + ": the server gives it a size of " + size + " bytes.");
    }

    /** A name from the server becomes a path on this machine: it must stay below the folder, on every system. */
    static void requireSafe(String name) {
        if (!isSafe(name)) {
            throw new HubException(Reason.DAMAGED,
                    "\"" + shown(name) + "\" is refused: such a name of a file could lead out of the model's folder.");
        }
    }

    static boolean isSafe(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) return false;
        if (name.chars().anyMatch(c -> c < ' ' || c == 127 || "\\:*?\"<>|".indexOf(c) >= 0 || Character.getType(c) == Character.FORMAT))
            return false;
        for (var part : name.split("/", -1)) {
            if (part.isEmpty() || part.length() > 255 || part.startsWith("..") || part.equals(".") || part.endsWith(".")
                    || part.endsWith(" "))
                return false;
        }
        return true;
    }

    private static String shown(String text) {
        var clean = text.replaceAll("\\p{C}", "?");
        return clean.length() <= 80 ? clean : clean.substring(0, 80) + "…";
    }
}
