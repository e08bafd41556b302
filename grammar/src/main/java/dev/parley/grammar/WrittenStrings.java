package dev.parley.grammar;

import java.util.Set;

/** How strings are written in one notation, or the names of properties. */
interface WrittenStrings {

    /** Any. */
    Expression any();

    /** Those of so many characters. @param most {@link Expression#UNBOUNDED} for no limit */
    Expression ofLength(int least, int most);

    /** Those whose value is what an expression says. */
    Expression of(Expression value);

    /** This value. */
    Expression literal(String value);

    /** Those whose value is none of some. */
    Expression otherThan(Set<String> values);
}
