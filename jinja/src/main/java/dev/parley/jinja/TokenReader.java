package dev.parley.jinja;

import dev.parley.jinja.Token.Kind;
import java.util.List;

/** Reads tokens one by one, with a look at the one after. */
final class TokenReader {

    private static final int DEEPEST = 100;

    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekAfter() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        return tokens.get(at < tokens.size() - 1 ? at++ : at);
    }

    int line() {
        return peek().line();
    }

    boolean skipName(String name) {
        var there = peek().isName(name);
        if (there) next();
        return there;
    }

    boolean skipOperator(String operator) {
        var there = peek().isOperator(operator);
        if (there) next();
        return there;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) throw unexpected("'" + operator + "'");
    }

    void expectName(String name) {
        if (!skipName(name)) throw unexpected("'" + name + "'");
    }

    String expectAnyName() {
        if (peek().kind() != Kind.NAME) throw unexpected("a name");
        return next().text();
    }

    void expectBlockEnd() {
        if (peek().kind() != Kind.BLOCK_END) throw unexpected("'%}'");
        next();
    }

    SyntaxFault unexpected(String wanted) {
        return new SyntaxFault(line(), "there is " + peek().shown() + " where " + wanted + " is expected");
    }

    void enter() {
        if (++depth > DEEPEST) throw new SyntaxFault(line(), "expressions and blocks are nested more than " + DEEPEST + " deep");
    }

    void leave() {
        depth--;
    }
}
