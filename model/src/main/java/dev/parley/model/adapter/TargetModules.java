package dev.parley.model.adapter;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which linear parts of a network an adapter stands beside, by PEFT's rules. */
public sealed interface TargetModules {

    /** PEFT's word for every linear part but the head. */
    String ALL_LINEAR = "all-linear";

    /** Whether a module is meant, such as {@code transformer.h.0.attn.c_attn}. */
    boolean matches(String module);

    /** Every linear part of the layers. */
    record AllLinear() implements TargetModules {

        @Override
        public boolean matches(String module) {
            return true;
        }
    }

    /**
     * Modules that are called so, or whose names end so after a dot.
     *
     * @param names such as {@code q_proj} or {@code 0.attn.c_attn}
     */
    record Named(List<String> names) implements TargetModules {

        /** @throws IllegalArgumentException if it names none */
        public Named {
            names = List.copyOf(names);
            if (names.isEmpty() || names.stream().anyMatch(String::isBlank))
                throw new IllegalArgumentException(
                        "target_modules names no module; name some, such as q_proj and v_proj, or \"all-linear\".");
        }

        @Override
        public boolean matches(String module) {
            return names.stream().anyMatch(name -> isCalled(module, name));
        }
    }

    /**
     * Modules whose whole names a regular expression matches, such as <code>.*\.(q|v)_proj</code>.
     */
    final class Matching implements TargetModules {

        private static final int LONGEST = 1000;

        private final Pattern pattern;

        /** @throws IllegalArgumentException if it is no regular expression */
        public Matching(String regex) {
            if (regex.isBlank() || regex.length() > LONGEST)
                throw new IllegalArgumentException(
                        "target_modules is a regular expression of " + regex.length() + " characters; it needs 1 to "
                                + LONGEST + ".");
            try {
                pattern = Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "target_modules is the regular expression \"" + regex + "\": " + e.getDescription() + ".", e);
            }
        }

        @Override
        public boolean matches(String module) {
            return pattern.matcher(new Bounded(module, new int[1])).matches();
        }

        /** The regular expression as it was written. */
        public String regex() {
            return pattern.pattern();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Matching matching && regex().equals(matching.regex());
        }

        @Override
        public int hashCode() {
            return regex().hashCode();
        }

        @Override
        public String toString() {
            return regex();
        }

        /** A name that may be looked at so often: some expressions take longer than the world has. */
        private record Bounded(CharSequence text, int[] looks) implements CharSequence {

            private static final int MOST = 1_000_000;

            @Override
            public char charAt(int index) {
                if (++looks[0] > MOST)
                    throw new IllegalArgumentException("target_modules is a regular expression that takes too long on \"" + text + "\".");
                return text.charAt(index);
            }

            @Override
            public int length() {
                return text.length();
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return new Bounded(text.subSequence(start, end), looks);
            }

            @Override
            public String toString() {
                return text.toString();
            }
        }
    }

    /** The rule that a text stands for: {@code all-linear}, or a regular expression. */
    static TargetModules of(String text) {
        return text.equals(ALL_LINEAR) ? new AllLinear() : new Matching(text);
    }

    /** Whether a module has a name, or ends so after a dot. */
    static boolean isCalled(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }
}
