package dev.parley.assist.moderation;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.Grammar;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Judges by a guard model, such as Qwen3Guard-Gen or Llama Guard 3. Its chat template asks; a grammar holds its answer to a verdict; scores
 * are the probabilities of the tokens by which the model decided. A text longer than the model's context is judged in pieces.
 *
 * <pre>{@code
 * try (var guard = GuardModel.of("qwen3guard", model, tokenizer, template, config, false)) {
 *     guard.judgeAnswer("How do I pick a lock?", "First, ...").score(Category.ILLICIT);
 * }
 * }</pre>
 */
public final class GuardModel implements Moderator, AutoCloseable {

    private static final int ALTERNATIVES = 20;
    private static final int VERDICT_TOKENS = 16;
    private static final int LABEL_TOKENS = 128;
    /** Below this risk nobody is told which kinds of harm it is of. */
    private static final double WORTH_NAMING = 0.01;
    /** Of a guard model's own probability nearly all is on its verdicts; with less it does not judge. */
    private static final double LEAST_SURE = 0.5;

    private final String name;
    private final GuardFamily family;
    private final GuardPrompt prompt;
    private final Tokenizer tokenizer;
    private final GenerationConfig ends;
    private final boolean strict;
    private final int room;
    private final InferenceEngine engine;

    private GuardModel(String name, GuardFamily family, CausalLM model, Tokenizer tokenizer, GuardPrompt prompt, GenerationConfig ends,
            boolean strict) {
        this.name = name;
        this.family = family;
        this.tokenizer = tokenizer;
        this.prompt = prompt;
        this.ends = ends;
        this.strict = strict;
        room = model.config().maxPositionEmbeddings() - VERDICT_TOKENS - LABEL_TOKENS;
        engine = new InferenceEngine(model, tokenizer, Limits.DEFAULT.withSharedPrefixes(true)); // all prompts begin alike
    }

    /**
     * A guard model.
     *
     * @param name that clients are told
     * @param model stays the caller's
     * @param template of the model, which asks for the verdict
     * @param recommended settings, with the tokens that end an answer
     * @param strict whether what the model calls controversial counts as harmful
     * @throws GuardModelException if the template is not that of a guard model that is known here
     */
    public static GuardModel of(String name, CausalLM model, Tokenizer tokenizer, ChatTemplate template, GenerationConfig recommended,
            boolean strict) {
        return new GuardModel(name, family(name, template), model, tokenizer, new GuardPrompt(template), recommended, strict);
    }

    /**
     * The family that a chat template belongs to.
     *
     * @throws GuardModelException if it asks for no verdict that is known here
     */
    public static GuardFamily family(String name, ChatTemplate template) {
        return GuardFamily.of(template).orElseThrow(() -> new GuardModelException(name
                + " is no guard model that Parley knows: its chat template does not ask for a verdict. Known are "
                + Arrays.stream(GuardFamily.values()).map(GuardFamily::title).collect(Collectors.joining(" and "))
                + "; if a conversion has lost the template, name its file."));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Judgement judge(String text) {
        return judge(List.of(), Message.user(text));
    }

    @Override
    public Judgement judgeAnswer(String message, String answer) {
        return judge(List.of(Message.user(message)), Message.assistant(answer));
    }

    /** What has no room is judged by halves; a longer message before it, which is there to explain it, is left out first. */
    private Judgement judge(List<Message> before, Message last) {
        var conversation = new ArrayList<>(before);
        conversation.add(last);
        var ids = prompt.ids(tokenizer, conversation);
        if (ids.length <= room) return judged(ids);
        if (before.stream().anyMatch(message -> message.content().length() > last.content().length()))
            return judge(List.of(Message.user("")), last);
        if (last.content().length() < 2)
            throw new GuardModelException("The context of " + name + " is too small for what its template asks.");
        var middle = middle(last.content());
        return judge(before, new Message(last.role(), last.content().substring(0, middle)))
                .or(judge(before, new Message(last.role(), last.content().substring(middle))));
    }

    private static int middle(String text) {
        var half = text.length() / 2;
        var blank = text.lastIndexOf(' ', half);
        if (blank > text.length() / 4) return blank;
        return Character.isLowSurrogate(text.charAt(half)) ? half + 1 : half;
    }

    private Judgement judged(int[] ids) {
        var said = answer(ids, Grammar.ofRegex("[ \\n]{0,2}" + anyOf(family.lead(), family.verdicts())), VERDICT_TOKENS);
        var verdict = new VerdictReading(tokenizer, said).choice(family.lead(), family.verdicts());
        if (verdict.sum() < LEAST_SURE)
            throw new GuardModelException(name + " gave no verdict: it was about to say something else.");
        var risk = risk(verdict);
        var labels = new LinkedHashMap<String, Double>();
        if (risk >= WORTH_NAMING) labels(ids, said, verdict).forEach((label, share) -> labels.put(label, share * risk));
        var scores = new EnumMap<Category, Double>(Category.class);
        labels.forEach((label, score) -> family.labels().get(label).forEach(category -> scores.merge(category, score, Math::max)));
        if (family.verdicts().size() > 2) labels.put(family.verdicts().get(2), share(verdict, 2));
        return Judgement.of(name, scores, labels);
    }

    private double risk(VerdictReading.Choice verdict) {
        return Math.min(1, share(verdict, 1) + (strict && family.verdicts().size() > 2 ? share(verdict, 2) : 0));
    }

    private double share(VerdictReading.Choice verdict, int index) {
        return verdict.probabilities().get(family.verdicts().get(index)) / verdict.sum();
    }

    /** Which kinds of harm it names once it has called the text harmful, whether or not that was its likeliest verdict. */
    private Map<String, Double> labels(int[] ids, List<TokenLogprob> said, VerdictReading.Choice verdict) {
        var lead = said.stream().limit(verdict.tokensBefore()).mapToInt(TokenLogprob::id).toArray();
        var harmful = strict && share(verdict, 1) < share(verdict, family.verdicts().size() - 1) ? 2 : 1;
        var rest = (family.lead() + family.verdicts().get(harmful)).substring(tokenizer.decode(lead, true).stripLeading().length());
        var begun = joined(joined(ids, lead), tokenizer.encode(rest + family.beforeLabels()));
        var label = " ?" + anyOf("", List.copyOf(family.labels().keySet()));
        var list = answer(begun, Grammar.ofRegex(label + "(," + label + "){0," + (family.labels().size() - 1) + "}\\n?"), LABEL_TOKENS);
        return new VerdictReading(tokenizer, list).labels(List.copyOf(family.labels().keySet()));
    }

    private static String anyOf(String lead, List<String> words) {
        return lead + words.stream().map(GuardModel::escaped).collect(Collectors.joining("|", "(", ")"));
    }

    private static String escaped(String word) {
        return Pattern.compile("[^A-Za-z0-9 ]").matcher(word).replaceAll("\\\\$0");
    }

    private static int[] joined(int[] a, int[] b) {
        var both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private List<TokenLogprob> answer(int[] ids, Grammar grammar, int most) {
        var config = ends.toBuilder().temperature(0).maxNewTokens(most).grammar(grammar).logprobs(ALTERNATIVES).build();
        var ticket = engine.submit(TextRequest.of(ids, config), (row, tokens, logprobs, text) -> {});
        try {
            return ticket.answer().get().completions().getFirst().logprobs();
        } catch (InterruptedException e) {
            ticket.cancel();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The judgement was interrupted.", e);
        } catch (ExecutionException e) {
            throw new GuardModelException(name + " failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
