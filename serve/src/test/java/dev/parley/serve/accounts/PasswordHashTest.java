package dev.parley.serve.accounts;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PasswordHashTest {

    /** From test.c of the reference implementation, phc-winner-argon2. */
    private static final String OF_THE_REFERENCE = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    @Test
    void hashesOfTheReferenceImplementationAreUnderstood() {
        assertTrue(PasswordHash.matches("password", OF_THE_REFERENCE));
        assertFalse(PasswordHash.matches("passwore", OF_THE_REFERENCE));
    }

    @Test
    void eachHashHasItsOwnSaltAndTheCostThatOwaspAsksFor() {
        var one = PasswordHash.of("correct horse");
        var other = PasswordHash.of("correct horse");
        assertNotEquals(one, other);
        assertTrue(one.startsWith("$argon2id$v=19$m=19456,t=2,p=1$"), one);
        assertTrue(PasswordHash.matches("correct horse", one) && PasswordHash.matches("correct horse", other));
    }

    @Test
    void aCharacterTypedAsTwoIsTheSamePassword() {
        assertTrue(PasswordHash.matches("cafe\u0301 au lait", PasswordHash.of("caf\u00e9 au lait")));
    }

    @Test
    void whatIsNoHashIsRefusedRatherThanAMismatch() {
        for (var text : new String[] {"", "secret", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            OF_THE_REFERENCE.replace("m=65536", "m=99999999"), OF_THE_REFERENCE.replace("t=2", "t=0")}) {
            assertThrows(IllegalStateException.class, () -> PasswordHash.matches("password", text), text);
        }
    }
}
