package dev.parley.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Other ways to ask one thing, by rule, so that what is learned of a question holds however it is asked: words around it, an indirect
 * question, and the small changes of {@link Rephrase}. Some ways are never trained on, so that it can be seen whether others hold too.
 *
 * <pre>{@code
 * Paraphrases.trained("Who wrote it?", 3, 1);  // I would like to know: who wrote it?  ·  Tell me, who wrote it?  ·  who wrote it
 * Paraphrases.heldOut("Who wrote it?", 2);     // Let me ask you this: who wrote it?  ·  Could you help me with this? Who wrote it?
 * }</pre>
 */
public final class Paraphrases {

    private static final int LONGEST = 300; // characters of what is a question, and no text to work on
    private static final int TRIES = 20; // for each of Rephrase's variants that is wanted: many come twice
    private static final String QUESTION = "{}";
    private static final String LOWER = "{lower}"; // the question as it goes on in a sentence

    private static final List<String> TRAINED = List.of("I would like to know: {lower}", "Can you tell me: {lower}", "Tell me, {lower}",
            "Quick question: {lower}", "I have a question. {}", "Please answer this: {}", "{} Please tell me.", "Do you know? {}",
            "My question is: {lower}", "{} Thanks!", "Help me out, {lower}", "Hello, {lower}");
    private static final List<String> HELD_OUT = List.of("Let me ask you this: {lower}", "Could you help me with this? {}",
            "{} I want to know.", "Hi there! {}", "A friend asks: {lower}");

    private static final List<String> CHINESE_TRAINED = List.of("我想知道:{}", "请告诉我,{}", "你知道吗?{}", "有个问题:{}", "请回答:{}", "{}谢谢!",
            "我想问,{}", "问一下,{}");
    private static final List<String> CHINESE_HELD_OUT = List.of("想请教一下,{}", "能告诉我吗?{}", "我有一个疑问:{}", "你好!{}", "朋友问我:{}");

    /** Who, what, where ... is something: the verb goes to the end of an indirect question. */
    private static final Pattern DIRECT = Pattern
            .compile("(?i)(who|what|where|when|why|how)(?: (is|are|was|were)|('s)) ([^,;:.?!]{1,60})[?]?");
    private static final List<String> INDIRECT_TRAINED = List.of("Tell me %s.", "Do you know %s?", "I wonder %s.");
    private static final List<String> INDIRECT_HELD_OUT = List.of("Could you tell me %s?", "I want to know %s.");

    private Paraphrases() {}

    /**
     * Different ways to ask, without the question as it was given; fewer than asked for where there are not so many, and none of a text
     * that is no question: a long one, or one of several lines.
     *
     * @param seed the same gives the same
     */
    public static List<String> trained(String question, int count, long seed) {
        if (!canBeRephrased(question) || count <= 0) return List.of();
        var never = new LinkedHashMap<String, String>();
        for (var way : heldOut(question, Integer.MAX_VALUE)) never.put(Rephrase.folded(way), way);
        var random = new SplittableRandom(seed);
        var found = new LinkedHashMap<String, String>();
        var framed = framed(question, INDIRECT_TRAINED, TRAINED, CHINESE_TRAINED);
        while (!framed.isEmpty()) keep(framed.remove(random.nextInt(framed.size())), question, never, found);
        var ways = new ArrayList<>(found.values());
        var small = new LinkedHashMap<String, String>();
        for (int i = 0; i < TRIES * count && small.size() < Math.max(1, count / 3); i++) {
            var varied = varied(question, random);
            if (!varied.equals(question) && !never.containsKey(Rephrase.folded(varied))) small.putIfAbsent(varied, varied);
        }
        var all = new ArrayList<>(ways.subList(0, Math.min(ways.size(), count - Math.min(count, small.size()))));
        small.values().stream().limit(count - (long) all.size()).forEach(all::add);
        return List.copyOf(all);
    }

    /** Ways to ask that {@link #trained} never has, without the question itself; fewer than asked for where there are not so many. */
    public static List<String> heldOut(String question, int count) {
        if (!canBeRephrased(question)) return List.of();
        return framed(question, INDIRECT_HELD_OUT, HELD_OUT, CHINESE_HELD_OUT).stream().limit(count).toList();
    }

    private static void keep(String way, String question, Map<String, String> never, Map<String, String> found) {
        var folded = Rephrase.folded(way);
        if (!folded.equals(Rephrase.folded(question)) && !never.containsKey(folded)) found.putIfAbsent(folded, way);
    }

    private static boolean canBeRephrased(String question) {
        return !question.isBlank() && question.length() <= LONGEST && question.lines().count() == 1;
    }

    /** In a language whose polite words are not known, only case and the mark at the end change. */
    private static String varied(String question, SplittableRandom random) {
        if (Rephrase.isChinese(question) || isEnglish(question)) return Rephrase.vary(question, random);
        UnaryOperator<String> change = random.nextBoolean() ? Rephrase::withoutEnd : text -> text;
        var changed = change.apply(question);
        return random.nextBoolean() ? changed.toLowerCase(Locale.ROOT) : changed;
    }

    private static List<String> framed(String question, List<String> indirect, List<String> english, List<String> chinese) {
        if (Rephrase.isChinese(question)) return new ArrayList<>(chinese.stream().map(frame -> inside(frame, question)).toList());
        if (!isEnglish(question)) return new ArrayList<>();
        var turned = turned(question).stream().flatMap(inner -> indirect.stream().map(frame -> String.format(Locale.ROOT, frame, inner)));
        return new ArrayList<>(Stream.concat(turned, english.stream().map(frame -> inside(frame, question))).toList());
    }

    private static String inside(String frame, String question) {
        return frame.replace(LOWER, Rephrase.lowerFirst(question)).replace(QUESTION, question);
    }

    /** Letters of ASCII alone: what else is written so keeps its meaning with an English word before it. */
    private static boolean isEnglish(String question) {
        return question.chars().allMatch(c -> c < 128) && question.chars().anyMatch(Character::isLetter);
    }

    /** {@code who the author is}, of {@code Who is the author?}. */
    private static Optional<String> turned(String question) {
        var direct = DIRECT.matcher(question.strip());
        if (!direct.matches()) return Optional.empty();
        var verb = direct.group(2) == null ? "is" : direct.group(2).toLowerCase(Locale.ROOT);
        return Optional.of(direct.group(1).toLowerCase(Locale.ROOT) + " " + direct.group(4).strip() + " " + verb);
    }
}
