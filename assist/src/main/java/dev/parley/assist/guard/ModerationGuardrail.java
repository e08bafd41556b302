package dev.parley.assist.guard;

import dev.parley.assist.moderation.Category;
import dev.parley.assist.moderation.GuardFamily;
import dev.parley.assist.moderation.Judgement;
import dev.parley.assist.moderation.Moderator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Declines what a moderator flags, in messages and answers. */
public final class ModerationGuardrail implements Guardrail {

    private final Moderator moderator;
    private final Set<Category> categories;
    private final Set<String> labels;

    private ModerationGuardrail(Moderator moderator, Set<Category> categories, Set<String> labels) {
        this.moderator = moderator;
        this.categories = categories;
        this.labels = labels;
    }

    /** Declines what is of any of OpenAI's categories. */
    static ModerationGuardrail ofAll(Moderator moderator) {
        return new ModerationGuardrail(moderator, EnumSet.allOf(Category.class), Set.of());
    }

    /** Option {@code categories}: those of OpenAI, and what guard models call others, such as Jailbreak; if missing, all of OpenAI's. */
    static ModerationGuardrail read(GuardrailOptions options, Moderator moderator) {
        var categories = EnumSet.noneOf(Category.class);
        var labels = new LinkedHashSet<String>();
        for (var id : options.texts("categories")) {
            Category.ofId(id).ifPresentOrElse(categories::add, () -> labels.add(label(id)));
        }
        return categories.isEmpty() && labels.isEmpty() ? ofAll(moderator) : new ModerationGuardrail(moderator, categories, labels);
    }

    private static String label(String id) {
        return GuardFamily.allLabels().stream().filter(label -> label.equalsIgnoreCase(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no category of moderation " + id
                        + ", neither of OpenAI's nor of a guard model's, which are " + String.join(", ", GuardFamily.allLabels()) + "."));
    }

    @Override
    public String name() {
        return "moderation";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.INPUT, Stage.OUTPUT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        var judgement = stage == Stage.OUTPUT ? moderator.judgeAnswer(turn.message(), text) : moderator.judge(text);
        return flagged(judgement).<Verdict>map(rule -> new Verdict.Answer(
                turn.language().equals("zh") ? "抱歉，这个请求我不能协助。" : "I cannot help with this.", rule,
                judgement.moderator() + " flagged the text as " + rule + ".")).orElse(Verdict.PASS);
    }

    private Optional<String> flagged(Judgement judgement) {
        return categories.stream().filter(judgement::isFlagged).map(Category::id).findFirst()
                .or(() -> labels.stream().filter(judgement::isFlagged).map(label -> label.toLowerCase(Locale.ROOT)).findFirst());
    }
}
