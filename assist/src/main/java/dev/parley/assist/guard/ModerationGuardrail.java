package dev.parley.assist.guard;

import dev.parley.assist.moderation.Category;
import dev.parley.assist.moderation.Moderator;
import java.util.EnumSet;
import java.util.Set;

/** Declines what a moderator flags, in messages and answers. */
public final class ModerationGuardrail implements Guardrail {

    private final Moderator moderator;
    private final Set<Category> categories;

    private ModerationGuardrail(Moderator moderator, Set<Category> categories) {
        this.moderator = moderator;
        this.categories = categories;
    }

    static ModerationGuardrail read(GuardrailOptions options, Moderator moderator) {
        var categories = EnumSet.noneOf(Category.class);
        for (var id : options.texts("categories")) {
            categories.add(
                    Category.ofId(id).orElseThrow(() -> new IllegalArgumentException("There is no category of moderation " + id + ".")));
        }
        return new ModerationGuardrail(moderator, categories.isEmpty() ? EnumSet.allOf(Category.class) : categories);
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
        var judgement = moderator.judge(text);
        var flagged = categories.stream().filter(judgement::isFlagged).findFirst();
        if (flagged.isEmpty()) return Verdict.PASS;
        return new Verdict.Answer(turn.language().equals("zh") ? "抱歉，这个请求我不能协助。" : "I cannot help with this.", flagged.get().id(),
                moderator.name() + " flagged the text as " + flagged.get().id() + ".");
    }
}
