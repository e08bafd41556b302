package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a model thought before its answer, in the thread. */
class ThoughtsTest extends PageTest {

    @Test
    void thoughtsAreFoldedAboveTheAnswer() {
        open();
        openAnswered("2 + 2?", "<think>\nTwo and *two*.\n</think>\n\nIt is **four**.");
        assertThat(lastAnswer().locator(".turn-body")).hasText("It is four.");
        assertThat(lastAnswer().locator(".turn-body strong")).hasText("four");
        var thoughts = lastAnswer().locator("details.thoughts");
        assertThat(thoughts.locator("summary")).hasText("Thoughts");
        assertThat(thoughts.locator(".thoughts-text")).isHidden();
        thoughts.locator("summary").click();
        assertThat(thoughts.locator(".thoughts-text")).hasText("Two and *two*.");
    }

    @Test
    void anAnswerThatTellsOfTheMarksIsLeftAsItIs() {
        open();
        openAnswered("2 + 2?", "Models write `<think>` and `</think>`.");
        assertThat(lastAnswer().locator(".turn-body")).hasText("Models write <think> and </think>.");
        assertThat(lastAnswer().locator("details.thoughts")).isHidden();
    }
}
