package dev.parley.generate.tools;

/** Finds where an object or array of JSON ends, from its first character on. */
final class JsonEnd {

    private int depth;
    private boolean inString;
    private boolean escaped;

    /** @return whether it ends with this character */
    boolean push(char c) {
        if (inString) {
            if (escaped) escaped = false;
            else if (c == '\\') escaped = true;
            else if (c == '"') inString = false;
            return false;
        }
        if (c == '"') inString = true;
        else if (c == '{' || c == '[') depth++;
        else if (c == '}' || c == ']') depth--;
        return depth == 0;
    }
}
