package dev.parley.generate.config;

import static dev.parley.generate.config.SettingType.BIASES;
import static dev.parley.generate.config.SettingType.END_DECAY;
import static dev.parley.generate.config.SettingType.FLAG;
import static dev.parley.generate.config.SettingType.IDS;
import static dev.parley.generate.config.SettingType.ID_OR_IDS;
import static dev.parley.generate.config.SettingType.INTEGER;
import static dev.parley.generate.config.SettingType.LONG;
import static dev.parley.generate.config.SettingType.NUMBER;
import static dev.parley.generate.config.SettingType.SEQUENCES;
import static dev.parley.generate.config.SettingType.TEXTS;

import dev.parley.generate.config.GenerationConfig.EarlyStopping;
import dev.parley.generate.config.GenerationConfig.EndDecay;
import dev.parley.grammar.Grammar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every setting of a generation, declared once: its name, type, default and range, what it does, and where it can be said.
 * The order is that of the web chat's form and of the tables in the documentation.
 */
public final class GenerationSettings {

    private static final List<Setting<?>> DECLARED = new ArrayList<>();
    private static final Range PROBABILITY = Range.of(0, 1);
    private static final Range PENALTY = Range.of(-2, 2);

    // ---- sampling ----

    public static final Setting<Double> TEMPERATURE = declare(number("temperature", 0, Range.of(0, 100),
            "Scales how random the choice is: 0 always picks the most likely token, higher values vary more.",
            "控制选择的随机程度：0 表示始终选择最可能的词元，数值越高变化越多。")
            .option("X").field(Range.of(0, 2)).row("Temperature", "温度", Range.of(0, 2), 0.05));

    public static final Setting<Double> TOP_P = declare(number("top_p", 1, PROBABILITY.withoutLeast(),
            "Sample from the most likely tokens whose probabilities add up to this; 1 keeps all.",
            "只从概率累计达到此值的最可能词元中采样；1 表示不限。")
            .option("X").field(PROBABILITY).row("Top-p", "Top-p", PROBABILITY, 0.01));

    public static final Setting<Integer> TOP_K = declare(integer("top_k", 0, Range.from(0),
            "Sample from this many of the most likely tokens; 0 keeps all.",
            "只从最可能的若干个词元中采样；0 表示不限。")
            .option("N").field(Range.from(-1)).row("Top-k", "Top-k", Range.of(0, 200), 1));

    public static final Setting<Double> MIN_P = declare(number("min_p", 0, PROBABILITY,
            "Keep the tokens that are at least this fraction as likely as the most likely one; 0 keeps all.",
            "只保留概率不低于最可能词元此比例的词元；0 表示不限。")
            .option("X").field(PROBABILITY).row("Min-p", "Min-p", PROBABILITY, 0.01));

    public static final Setting<Double> TYPICAL_P = declare(number("typical_p", 1, PROBABILITY.withoutLeast(),
            "Keep the tokens whose surprise is closest to the expected one, up to this total probability; 1 keeps all.",
            "只保留信息量最接近期望值的词元，直到概率累计达到此值；1 表示不限。").option("X"));

    public static final Setting<Double> EPSILON_CUTOFF = declare(number("epsilon_cutoff", 0, PROBABILITY.withoutMost(),
            "Keep the tokens with at least this probability; 0 keeps all.",
            "只保留概率不低于此值的词元；0 表示不限。").option("X"));

    public static final Setting<Double> ETA_CUTOFF = declare(number("eta_cutoff", 0, PROBABILITY.withoutMost(),
            "Like the epsilon cutoff, with a lower threshold where the distribution is flat; 0 keeps all.",
            "与 epsilon 截断相同，但分布平坦时阈值更低；0 表示不限。").option("X"));

    // ---- length and end ----

    public static final Setting<Integer> MAX_NEW_TOKENS = declare(integer("max_new_tokens", 0, Range.from(0),
            "Maximum number of tokens in the answer. Default: as many as the context holds.",
            "回答的最大词元数。默认：上下文所能容纳的长度。")
            .option("N").field("max_tokens", Range.from(1)).row("Longest answer", "回答长度上限", Range.of(1, 4096), 1));

    public static final Setting<Integer> THINKING_BUDGET = declare(integer("thinking_budget", -1, Range.from(-1),
            "Maximum number of tokens that a thinking model thinks before it answers; 0 lets it answer at once, -1 sets no limit.",
            "思考模型在回答前思考的最大词元数；0 表示直接回答，-1 表示不限。")
            .option("N").field(Range.from(-1)).row("Thinking budget", "思考预算", Range.of(-1, 8192), 1));

    // ---- penalties ----

    public static final Setting<Double> REPETITION_PENALTY = declare(number("repetition_penalty", 1, Range.above(0),
            "Above 1, tokens of the prompt and the answer become less likely; 1 changes nothing.",
            "大于 1 时，提示和回答中已出现的词元更不容易再出现；1 表示不变。")
            .option("X").field(Range.of(0.01, 100)).row("Repetition penalty", "重复惩罚", Range.of(0.5, 2), 0.01));

    public static final Setting<Integer> REPETITION_WINDOW = declare(integer("repetition_window", 0, Range.from(0),
            "How many of the last tokens the repetition penalty looks at; 0 looks at all.",
            "重复惩罚所考察的最近词元数；0 表示全部。").ofRequest());

    public static final Setting<Double> PRESENCE_PENALTY = declare(number("presence_penalty", 0, Range.of(-100, 100),
            "Subtracted from a token's score if it already occurs in the answer.",
            "若词元已在回答中出现，则从其得分中减去此值。")
            .option("X").field(PENALTY).row("Presence penalty", "存在惩罚", PENALTY, 0.1));

    public static final Setting<Double> FREQUENCY_PENALTY = declare(number("frequency_penalty", 0, Range.of(-100, 100),
            "Subtracted from a token's score once for each time it already occurs in the answer.",
            "词元在回答中每出现一次，就从其得分中减去一次此值。")
            .option("X").field(PENALTY).row("Frequency penalty", "频率惩罚", PENALTY, 0.1));

    public static final Setting<Integer> NO_REPEAT_NGRAM_SIZE = declare(integer("no_repeat_ngram_size", 0, Range.from(0),
            "No sequence of this many tokens occurs twice; 0 allows repetition.",
            "长度为此值的词元序列不会重复出现；0 表示允许重复。").option("N"));

    public static final Setting<Long> SEED = declare(new Setting<>("seed", LONG, 0L, Range.ANY,
            "Seed of every random choice: the same seed gives the same text.",
            "所有随机选择的种子：种子相同，文本相同。")
            .ofRequest().option("N").field(Range.ANY).row("Seed", "随机种子", Range.from(0), 1));

    // ---- more about length and end ----

    public static final Setting<Integer> MIN_NEW_TOKENS = declare(integer("min_new_tokens", 0, Range.from(0),
            "Minimum number of tokens in the answer.",
            "回答的最小词元数。").option("N").field("min_tokens", Range.from(0)));

    public static final Setting<Integer> MAX_LENGTH = declare(integer("max_length", 0, Range.from(0),
            "Maximum number of tokens of prompt and answer together, where the answer has no maximum of its own; 0 sets none.",
            "提示和回答合计的最大词元数，仅在未限制回答长度时有效；0 表示不限。"));

    public static final Setting<Integer> MIN_LENGTH = declare(integer("min_length", 0, Range.from(0),
            "Minimum number of tokens of prompt and answer together.",
            "提示和回答合计的最小词元数。"));

    public static final Setting<Double> MAX_TIME = declare(number("max_time", 0, Range.from(0),
            "Stop after this many seconds; 0 sets no limit.",
            "经过若干秒后停止；0 表示不限。").option("SECONDS"));

    public static final Setting<List<String>> STOP_STRINGS = declare(new Setting<>("stop_strings", TEXTS, List.<String>of(), Range.ANY,
            "Text that ends the answer and is not part of it; there may be several.",
            "遇到此文本时结束回答，且不包含该文本；可以有多个。").option("--stop", "TEXT").field("stop", Range.ANY));

    public static final Setting<List<Integer>> EOS_TOKEN_ID = declare(
            new Setting<>("eos_token_id", ID_OR_IDS, List.<Integer>of(), Range.ANY,
                    "Tokens that end the answer.",
                    "结束回答的词元。"));

    public static final Setting<Boolean> IGNORE_EOS = declare(new Setting<>("ignore_eos", FLAG, false, Range.ANY,
            "Continue past tokens that end a text.",
            "遇到结束词元后继续生成。").ofRequest().option("").field(Range.ANY));

    public static final Setting<Optional<EndDecay>> EXPONENTIAL_DECAY_LENGTH_PENALTY = declare(new Setting<>(
            "exponential_decay_length_penalty", END_DECAY, Optional.<EndDecay>empty(), Range.ANY,
            "From this many tokens of the answer on, the end becomes likelier by this factor with each token.",
            "回答超过若干词元后，每多一个词元，结束的可能性就按此系数增大。"));

    // ---- tokens that must or must not come ----

    public static final Setting<List<List<Integer>>> BAD_WORDS_IDS = declare(
            new Setting<>("bad_words_ids", SEQUENCES, List.<List<Integer>>of(), Range.ANY,
                    "Sequences of tokens that must not be generated.",
                    "不得生成的词元序列。"));

    public static final Setting<List<Integer>> SUPPRESS_TOKENS = declare(
            new Setting<>("suppress_tokens", IDS, List.<Integer>of(), Range.ANY,
                    "Tokens that must not be generated.",
                    "不得生成的词元。"));

    public static final Setting<List<Integer>> BEGIN_SUPPRESS_TOKENS = declare(
            new Setting<>("begin_suppress_tokens", IDS, List.<Integer>of(), Range.ANY,
                    "Tokens that the answer must not begin with.",
                    "不得作为回答开头的词元。"));

    public static final Setting<Map<List<Integer>, Double>> SEQUENCE_BIAS = declare(
            new Setting<>("sequence_bias", BIASES, Map.<List<Integer>, Double>of(), Range.ANY,
                    "Added to the score of the last token of a sequence where the others precede it.",
                    "当序列的前面部分已出现时，加到其最后一个词元的得分上。").field("logit_bias", Range.of(-100, 100)));

    public static final Setting<Integer> FORCED_BOS_TOKEN_ID = declare(integer("forced_bos_token_id", -1, Range.ANY,
            "The second token of a text that begins with one token; -1 forces none.",
            "以单个词元开头的文本的第二个词元；-1 表示不指定。"));

    public static final Setting<Integer> FORCED_EOS_TOKEN_ID = declare(integer("forced_eos_token_id", -1, Range.ANY,
            "The last token where the maximum length is reached; -1 forces none.",
            "达到最大长度时的最后一个词元；-1 表示不指定。"));

    public static final Setting<Optional<Grammar>> GRAMMAR = declare(
            new Setting<>("grammar", SettingType.GRAMMAR, Optional.<Grammar>empty(), Range.ANY,
                    "Structured output: what the whole answer must be.",
                    "结构化输出：整个回答必须符合的语法。").ofRequest());

    // ---- search ----

    public static final Setting<Integer> NUM_RETURN_SEQUENCES = declare(integer("num_return_sequences", 1, Range.of(1, 1024),
            "Number of answers to each prompt.",
            "每个提示的回答数。").option("N").field("n", Range.of(1, 16)));

    public static final Setting<Integer> NUM_BEAMS = declare(integer("num_beams", 1, Range.of(1, 1024),
            "Beam search: follow this many texts at once and keep the most likely; 1 turns it off.",
            "束搜索：同时跟踪若干个文本并保留最可能的；1 表示关闭。").option("N").field("num_beams", Range.of(1, 16)));

    public static final Setting<Double> LENGTH_PENALTY = declare(number("length_penalty", 1, Range.ANY,
            "Beams are compared by their log-probability divided by their length to this power.",
            "比较各束时，用对数概率除以长度的此次幂。").option("X").field("length_penalty", Range.of(-10, 10)));

    public static final Setting<EarlyStopping> EARLY_STOPPING = declare(
            new Setting<>("early_stopping", SettingType.EARLY_STOPPING, EarlyStopping.FALSE, Range.ANY,
                    "When beam search stops: as soon as enough beams have ended, when the others look worse, or only when they must be.",
                    "束搜索何时停止：足够多的束已结束时、其余看起来更差时，或其余必定更差时。"));

    public static final Setting<Double> PENALTY_ALPHA = declare(number("penalty_alpha", 0, PROBABILITY,
            "Contrastive search: how much similarity to the text so far counts against each of the top-k tokens; 0 turns it off.",
            "对比搜索：与已有文本的相似度对 top-k 各词元的扣分权重；0 表示关闭。").option("X").field("penalty_alpha", PROBABILITY));

    // ---- speculation ----

    public static final Setting<Integer> PROMPT_LOOKUP_NUM_TOKENS = declare(integer("prompt_lookup_num_tokens", 0, Range.of(0, 64),
            "Number of tokens drafted from an earlier, similar passage and verified in one step; 0 turns it off. The text does not change.",
            "从前文相似段落中猜测并一次验证的词元数；0 表示关闭。文本不变。").option("N")
            .field("prompt_lookup_num_tokens", Range.of(0, 16)));

    public static final Setting<Integer> NUM_ASSISTANT_TOKENS = declare(integer("num_assistant_tokens", 8, Range.of(1, 64),
            "Most tokens that a draft model proposes at a time. Default: 8.",
            "草稿模型每次最多提出的词元数。默认：8。").option("N"));

    public static final Setting<Double> ASSISTANT_CONFIDENCE_THRESHOLD = declare(number("assistant_confidence_threshold", 0.4, PROBABILITY,
            "A draft ends at a token that the draft model gives a lower probability than this; 0 never ends one early. Default: 0.4.",
            "草稿模型给某个词元的概率低于此值时，草稿到此为止；0 表示不提前结束。默认：0.4。").option("P"));

    // ---- what is told and kept ----

    public static final Setting<Integer> LOGPROBS = declare(integer("logprobs", -1, Range.upTo(100),
            "Number of alternatives whose log-probabilities are told for each token; -1 tells none.",
            "为每个词元给出多少个备选项的对数概率；-1 表示不给出。").ofRequest());

    public static final Setting<List<Integer>> SHOWN_SPECIAL_TOKENS = declare(
            new Setting<>("shown_special_tokens", IDS, List.<Integer>of(), Range.ANY,
                    "Special tokens that are shown as text; all others show none.",
                    "作为文本显示的特殊词元；其余特殊词元不显示。").ofRequest());

    public static final Setting<Boolean> USE_CACHE = declare(new Setting<>("use_cache", FLAG, true, Range.ANY,
            "Keep the keys and values of earlier tokens; this changes the speed and not the text.",
            "保留之前词元的键和值；只影响速度，不影响文本。"));

    private static final List<Setting<?>> ALL = Collections.unmodifiableList(DECLARED);

    private GenerationSettings() {}

    /** All settings in the order of their declaration, which is that of their {@link Setting#index}. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    private static <T> Setting<T> declare(Setting<T> setting) {
        var declared = setting.at(DECLARED.size());
        DECLARED.add(declared);
        return declared;
    }

    private static Setting<Integer> integer(String name, int byDefault, Range range, String english, String chinese) {
        return new Setting<>(name, INTEGER, byDefault, range, english, chinese);
    }

    private static Setting<Double> number(String name, double byDefault, Range range, String english, String chinese) {
        return new Setting<>(name, NUMBER, byDefault, range, english, chinese);
    }
}
