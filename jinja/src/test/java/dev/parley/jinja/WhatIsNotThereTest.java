package dev.parley.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters that there are not, and filters of what is not there. jinja2 3.1.6 did the same with each template. */
class WhatIsNotThereTest {

    private static String render(String template) {
        return Template.parse(template, "a.jinja").render(new Inputs(), () -> LocalDateTime.of(2024, 7, 26, 8, 5)).text();
    }

    private static String fault(String template) {
        return assertThrows(TemplateException.class, () -> render(template), template).getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>',
            value = {"{% if false %}{{ 1|nosuch }}{% endif %}x > x", "{{ 1|nosuch if false else 2 }} > 2", "{{ (1|nosuch) if false }}z > z",
                "{% if false %}{% set a = 1|nosuch %}{% endif %}q > q",
                "{% macro m() %}{% if 1 %}{{ 1|nosuch }}{% endif %}{% endmacro %}x > x",
                "{% for x in [] %}{% if x is nosuch %}{{ x|nosuch }}{% endif %}{% endfor %}y > y"})
    void aFilterThatIsNotThereFailsOnlyWhereItIsReached(String template, String text) {
        assertEquals(text, render(template));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 1|nosuch }}", "{% macro m() %}{{ 1|nosuch }}{% endmacro %}x",
        "{% for x in [] %}{{ x|nosuch }}{% endfor %}y", "{{ [1 if 0 else 2, 3|nosuch] }}",
        "{% if false %}{% for x in [] %}{{ x|nosuch }}{% endfor %}{% endif %}",
        "{% if false %}{% filter nosuch %}a{% endfilter %}{% endif %}w"})
    void oneThatNoConditionDecidesOfFailsAtLoad(String template) {
        assertTrue(assertThrows(TemplateException.class, () -> Template.parse(template, "a.jinja")).getMessage()
                .contains("line 1: there is no filter 'nosuch'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% if x is nosuch %}{% endif %}", "{% if true %}{{ 1|nosuch }}{% endif %}",
        "{% if false %}{% elif 1|nosuch %}{% endif %}", "{{ 1|nosuch if true }}"})
    void oneThatIsReachedFailsThere(String template) {
        Template.parse(template, "a.jinja");
        assertTrue(fault(template).contains("'nosuch'"));
    }

    /** They begin with {@code if value}: what is false has no items, and their arguments and names are not looked at. */
    @ParameterizedTest
    @ValueSource(strings = {"map(attribute='x')", "map('upper')", "map('nosuch')", "map", "select", "reject", "select('defined')",
        "select('nosuch')", "selectattr('x')", "selectattr",
        "selectattr('x', 'equalto', 'y')", "rejectattr('x')", "selectattr('x', 'nosuch')"})
    void whatIsFalseHasNoItemsToChooseFrom(String filter) {
        for (var value : new String[] {"none", "nope", "[]", "0", "''", "{}", "false"})
            assertEquals("[]", render("{{ " + value + " | " + filter + " | list }}"), value);
        fault("{{ 5 | " + filter + " | list }}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>',
            value = {"list > []", "first > ''", "last > ''", "join > ''", "sort > []", "unique | list > []", "reverse | list > []",
                "length > 0", "sum > 0",
                "min > ''", "max > ''", "batch(2) | list > []", "slice(2) | list > [[], []]", "groupby('x') > []"})
    void otherFiltersFailOnNoneAndTakeWhatIsNotDefinedForEmpty(String filter, String text) {
        fault("{{ none | " + filter + " }}");
        assertEquals(text, render("{{ nope | " + filter + " }}"));
    }
}
