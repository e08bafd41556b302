package dev.parley.grammar;

import java.util.List;
import java.util.Set;

/** Strings that are written as they are, between marks that must not occur in them. */
final class RawStrings implements WrittenStrings {

    private final String open;
    private final CharacterMachine allowed;
    private final String close;
    private final Work work;

    /** @param allowed what the strings may be */
    RawStrings(String open, CharacterMachine allowed, String close, Work work) {
        this.open = open;
        this.allowed = allowed;
        this.close = close;
        this.work = work;
    }

    /** Those in which a text does not occur. */
    static RawStrings without(String open, String text, String close, Work work) {
        return new RawStrings(open, CharacterMachine.without(List.of(text), work), close, work);
    }

    /** Those that a regular expression matches as a whole. */
    static RawStrings matching(String regex, Work work) {
        return new RawStrings("", CharacterMachine.of(Regex.whole(regex, work), work), "", work);
    }

    private Expression marked(CharacterMachine values) {
        if (values.isEmpty()) throw new GrammarException("The schema has a string that this model's form of calls cannot write.");
        return Expression.sequence(Expression.text(open), values.expression(), Expression.text(close));
    }

    @Override
    public Expression any() {
        return marked(allowed);
    }

    @Override
    public Expression ofLength(int least, int most) {
        return marked(allowed.and(CharacterMachine.lengths(least, most, work), work));
    }

    @Override
    public Expression of(Expression value) {
        return marked(allowed.and(CharacterMachine.of(value, work), work));
    }

    @Override
    public Expression literal(String value) {
        if (!allowed.accepts(value)) {
            throw new GrammarException("The schema has \"" + value + "\", which this model's form of calls cannot write.");
        }
        return Expression.text(open + value + close);
    }

    @Override
    public Expression otherThan(Set<String> values) {
        if (values.isEmpty()) return any();
        var named = CharacterMachine.of(Expression.choice(values.stream().map(Expression::text).toList()), work);
        return marked(allowed.and(named.negated(work), work));
    }
}
