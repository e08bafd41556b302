package dev.parley.assist.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerseFormTest {

    private static final String QUIET_NIGHT = "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。";

    @Test
    void poemOfLiBaiIsAWuyanJueju() {
        var form = VerseForm.named("五言绝句");
        assertTrue(form.grammar().matches(QUIET_NIGHT));
        assertTrue(form.isKeptBy(QUIET_NIGHT));
        assertFalse(form.grammar().matches(QUIET_NIGHT.replace("光", "")));
        assertFalse(form.grammar().matches(QUIET_NIGHT.replace("光", "a")));
        assertFalse(form.isKeptBy(QUIET_NIGHT.replace("光", "")));
        assertFalse(VerseForm.named("七言绝句").grammar().matches(QUIET_NIGHT));
        assertFalse(VerseForm.named("五言律诗").grammar().matches(QUIET_NIGHT));
    }

    @Test
    void linesOfOnesOwnAreCounted() {
        assertEquals(List.of(3, 4), VerseForm.named("characters:3,4").lines());
        assertTrue(VerseForm.named("characters: 3，4").grammar().matches("三个字，\n四个汉字。"));
        assertTrue(VerseForm.named("syllables:2,1").grammar().matches("Water\nfalls."));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> VerseForm.named("sonnet")).getMessage().contains("七言绝句"));
        assertThrows(IllegalArgumentException.class, () -> VerseForm.named("syllables:0"));
        assertThrows(IllegalArgumentException.class, () -> VerseForm.named("syllables:99"));
    }

    @Test
    void haikuIsFiveSevenFive() {
        var haiku = VerseForm.named("haiku");
        assertTrue(haiku.grammar().matches("The old silent pond,\na little frog jumps and then\nthe sound of water."));
        assertFalse(haiku.grammar().matches("The old silent pond,\na little frog jumps\nthe sound of water."));
    }
}
