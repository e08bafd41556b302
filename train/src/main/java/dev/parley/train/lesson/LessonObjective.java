package dev.parley.train.lesson;

import dev.parley.data.chat.PreferenceRows.PairRows;
import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import dev.parley.train.lesson.LessonExample.Compared;
import dev.parley.train.lesson.LessonExample.Judged;
import dev.parley.train.lesson.LessonExample.Kept;
import dev.parley.train.lesson.LessonExample.Wanted;
import dev.parley.train.objective.Dpo;
import dev.parley.train.objective.Kto;
import dev.parley.train.objective.NextToken;
import dev.parley.train.objective.Objective;
import dev.parley.train.objective.Tally;
import dev.parley.train.objective.Thumb;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a lesson learns, in one run: wanted answers and the model's own by the plain loss, pairs by DPO, thumbs by KTO. A step adds up
 * the gradients of the kinds that are in it, each a mean over its own. In turn, a part would lose what the part before it won.
 */
final class LessonObjective implements Objective<LessonExample> {

    private static final String LOSS = "loss/";
    private static final String WANTED = "wanted";
    private static final String OWN = "own";
    private static final String PAIRS = "pairs";
    private static final String THUMBS = "thumbs";

    private final NextToken texts = new NextToken();
    private final Dpo pairs;
    private final Kto thumbs;
    private final List<PairRows> allPairs;
    private final List<Thumb> allThumbs;
    private boolean isRead;

    /** @param examples the very ones that the trainer is given */
    LessonObjective(List<LessonExample> examples) {
        allPairs = of(examples, Compared.class, PairRows.class);
        allThumbs = of(examples, Judged.class, Thumb.class);
        pairs = new Dpo(Dpo.Settings.DEFAULT, allPairs, List.of());
        thumbs = new Kto(Kto.Settings.DEFAULT, allThumbs, List.of());
    }

    private static <T extends TrainingExample> List<T> of(List<LessonExample> examples, Class<? extends LessonExample> kind,
            Class<T> content) {
        return examples.stream().filter(kind::isInstance).map(example -> content.cast(example.content())).toList();
    }

    /** The metrics by which a run tells how far each kind is that it has. */
    static List<String> kinds(List<LessonExample> examples) {
        return examples.stream().map(LessonObjective::kind).distinct().map(kind -> LOSS + kind).toList();
    }

    private static String kind(LessonExample example) {
        return switch (example) {
            case Wanted _ -> WANTED;
            case Kept _ -> OWN;
            case Compared _ -> PAIRS;
            case Judged _ -> THUMBS;
        };
    }

    @Override
    public Tally step(TrainableLM model, List<List<LessonExample>> batches) {
        readReference(model);
        var tally = Tally.NONE;
        var wanted = batches.stream().map(batch -> of(batch, Wanted.class, TrainingRow.class)).filter(b -> !b.isEmpty()).toList();
        var kept = batches.stream().map(batch -> of(batch, Kept.class, TrainingRow.class)).filter(b -> !b.isEmpty()).toList();
        var compared = batches.stream().map(batch -> of(batch, Compared.class, PairRows.class)).filter(b -> !b.isEmpty()).toList();
        var judged = batches.stream().map(batch -> of(batch, Judged.class, Thumb.class)).filter(b -> !b.isEmpty()).toList();
        if (!wanted.isEmpty()) tally = tally.plus(named(WANTED, texts.step(model, wanted)));
        if (!kept.isEmpty()) tally = tally.plus(named(OWN, texts.step(model, kept)));
        if (!compared.isEmpty()) tally = tally.plus(named(PAIRS, pairs.step(model, compared)));
        if (!judged.isEmpty()) tally = tally.plus(named(THUMBS, thumbs.step(model, judged)));
        return tally;
    }

    /** Before the first gradient: to switch the adapter off and on forgets what workers have gathered. */
    private void readReference(TrainableLM model) {
        if (isRead) return;
        if (!allPairs.isEmpty()) pairs.evaluate(model, allPairs.subList(0, 1));
        if (!allThumbs.isEmpty()) thumbs.evaluate(model, allThumbs.subList(0, 1));
        isRead = true;
    }

    @Override
    public Tally evaluate(TrainableLM model, List<LessonExample> batch) {
        readReference(model);
        var tally = Tally.NONE;
        for (var example : batch) {
            tally = tally.plus(switch (example) {
                case Wanted(var row) -> named(WANTED, texts.evaluate(model, List.of(row)));
                case Kept(var row) -> named(OWN, texts.evaluate(model, List.of(row)));
                case Compared(var pair) -> named(PAIRS, pairs.evaluate(model, List.of(pair)));
                case Judged(var thumb) -> named(THUMBS, thumbs.evaluate(model, List.of(thumb)));
            });
        }
        return tally;
    }

    /** Losses of tokens, pairs and thumbs have no mean in common that says anything: each kind is shown by its own. */
    private static Tally named(String kind, Tally tally) {
        return new Tally(tally.loss(), tally.metrics()).with(LOSS + kind, tally.loss().sum(), tally.loss().targets());
    }

    @Override
    public String identity() {
        return "lesson: " + texts.identity() + ", " + pairs.identity() + ", " + thumbs.identity();
    }
}
