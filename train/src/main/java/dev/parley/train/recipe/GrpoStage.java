package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.Examples;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.VerifiablePrompt;
import dev.parley.model.WeightType;
import dev.parley.torch.TrainableLM;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingArguments;
import dev.parley.train.TrainingSettings;
import dev.parley.train.objective.Grpo;
import dev.parley.train.objective.GrpoSettings;
import dev.parley.train.rollout.Calculator;
import dev.parley.train.rollout.CallableTool;
import dev.parley.train.rollout.Question;
import dev.parley.train.rollout.Rewards;
import dev.parley.train.rollout.Rollouts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads questions whose answers code can judge, lets the model try, and learns from what is better than the rest. */
final class GrpoStage implements StageMethod {

    private static final int SHOWN = 3;

    @Override
    public List<RecipeKey> keys() {
        return GrpoKeys.ALL;
    }

    @Override
    public boolean comparesWithItsBeginning() {
        return true;
    }

    @Override
    public Lesson read(StageInput input) throws IOException {
        var keys = new GrpoKeys(input.text());
        GrpoSettings settings;
        Rollouts rollouts;
        var tools = keys.hasTools() ? List.<CallableTool>of(new Calculator()) : List.<CallableTool>of();
        var chats = input.chats().chatRows();
        try {
            settings = keys.settings();
            rollouts = new Rollouts(chats, keys.rollouts(), tools);
        } catch (IllegalArgumentException e) {
            throw input.text().wrong("stage", e.getMessage());
        }
        var rewards = keys.rewards();
        var train = questions(input, input.trainFiles(), chats, tools);
        var held = input.evalFiles().isEmpty() ? List.<Question>of() : questions(input, input.evalFiles(), chats, tools);
        return new Trying(settings, rollouts, rewards, input.base().orElseThrow(), train, held);
    }

    private static List<Question> questions(StageInput input, List<Path> files, ChatRows chats, List<CallableTool> tools)
            throws IOException {
        var made = input.chats().all(files, VerifiablePrompt.class, asked -> {
            var question = Question.of(offered(asked, tools), chats);
            return question.prompt().length < input.length() ? Optional.of(question) : Optional.<Question>empty();
        });
        return JudgedAnswers.fitting(input.chats(), files, made);
    }

    /** A question that tells of no tools tells of these. */
    private static VerifiablePrompt offered(VerifiablePrompt asked, List<CallableTool> tools) {
        var prompt = asked.prompt();
        if (tools.isEmpty() || !prompt.tools().isEmpty()) return asked;
        var offered = tools.stream().map(tool -> tool.tool().definition()).toList();
        return new VerifiablePrompt(new Chat(prompt.messages(), offered, prompt.variables(), prompt.unlearned()), asked.answer(),
                asked.more());
    }

    /** What was read. @param base of the model, which is the reference where no adapter is trained */
    private record Trying(GrpoSettings settings, Rollouts rollouts, Rewards rewards, Path base, List<Question> train, List<Question> held)
            implements Lesson {

        @Override
        public Dataset rows() {
            return Dataset.of(train.stream().map(Question::row).toList());
        }

        @Override
        public Trainer trainer(TrainableLM model, TrainingArguments arguments) {
            var grpo = Grpo.of(settings, rollouts, rewards, arguments.get(TrainingSettings.SEED));
            var referring = model.adapter().isPresent() ? grpo
                    : grpo.withReference(() -> TrainableLM.frozen(base, model.computeType(), WeightType.FLOAT32));
            return Trainer.of(model, arguments, referring, Examples.of(train),
                    held.isEmpty() ? Optional.<Examples<Question>>empty() : Optional.of(Examples.of(held)));
        }

        @Override
        public List<String> prompts() {
            return (held.isEmpty() ? train : held).stream().map(Question::text).distinct().limit(SHOWN).toList();
        }
    }
}
