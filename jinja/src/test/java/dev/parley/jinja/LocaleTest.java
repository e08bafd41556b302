package dev.parley.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.LocalDateTime;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LocaleTest {

    @Test
    void aPromptHasTheSameDigitsInEveryLocale() {
        var before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertNotEquals("07", String.format(Locale.getDefault(), "%02d", 7), "this locale has digits of its own");
            assertEquals("07 Feb 2024 03:04:05", Strftime.format("%d %b %Y %H:%M:%S", LocalDateTime.of(2024, 2, 7, 3, 4, 5)));
        } finally {
            Locale.setDefault(before);
        }
    }
}
