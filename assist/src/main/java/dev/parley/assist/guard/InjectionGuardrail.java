package dev.parley.assist.guard;

import dev.parley.assist.guard.InjectionRules.Addressee;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks in passages, tools' results and tools' descriptions for what is meant for the model. Sentences that plainly give it orders are
 * taken out, and so are orders in what nobody sees: base64 and alike, hidden markup and characters, addresses that would carry something
 * away. Sentences that may as well be said to a person, such as “open the link”, and control tokens stay, and the text is marked: all of
 * it goes to the model in a {@link DataBlock}, in which there are no control tokens, and which says what to make of orders.
 */
public final class InjectionGuardrail implements Guardrail {

    private static final Pattern INVISIBLE_MARKUP = Pattern.compile(
            "(?is)<!--.*?(?:-->|$)|<(script|style|iframe|object|embed|template|noscript)\\b.*?(?:</\\1\\s*>|$)|<(\\w+)"
                    + "[^>]*(?:display\\s*:\\s*none|visibility\\s*:\\s*hidden|font-size\\s*:\\s*0|\\bhidden\\b)[^>]*>.*?(?:</\\2\\s*>|$)");
    private static final Pattern LINK = Pattern.compile("!?\\[([^\\]\\n]*)\\]\\(\\s*([^)\\n]*)\\)");
    /** A scheme that runs something, or a place that is to be filled in: {@code ?q={secret}}, {@code ?data=}. */
    private static final Pattern LOADED_ADDRESS = Pattern.compile(
            "(?i)\\b(?:javascript|vbscript):\\S+|\\bdata:[\\w/+.-]*;base64,\\S+"
                    + "|\\b(?:https?|ftp)://[^\\s)>\"]*(?:[{}$\\[\\]]|%7[bd]|=(?=[\\s)>\"]|$))"
                    + "[^\\s)>\"]*");
    private static final Pattern LINK_WITH_CAPITALS = Pattern
            .compile("(?i:https?://[^\\s)>\"?]*\\?)[^\\s)>\"]*=(?:[A-Z_]{4,}|[^\\s)>\"]{200,})");
    private static final Pattern TAGS = Pattern.compile("[\\x{E0020}-\\x{E007F}]{4,}|[\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}]");

    private final InjectionRules rules = InjectionRules.shared();

    @Override
    public String name() {
        return "injection";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.RETRIEVAL, Stage.TOOL_RESULT, Stage.TOOL_DESCRIPTION);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        var met = new LinkedHashSet<String>();
        var now = changed(text, withoutHidden(text), "hidden_characters", met);
        now = changed(now, withoutHiddenMarkup(now), "hidden_markup", met);
        now = changed(now, withoutLoadedAddresses(now), "link", met);
        now = changed(now, rules.withoutWrapped(now), "wrapped_instruction", met);
        now = changed(now, withoutOrders(stage, now, turn.language()), "instruction", met);
        if (stage == Stage.TOOL_DESCRIPTION) now = changed(now, SpecialTokens.neutralised(now), "control_tokens", met);
        if (!met.isEmpty())
            return new Verdict.Replace(now, String.join(",", met), "What speaks to the model was taken out (" + told(met) + ").");
        return stage == Stage.TOOL_DESCRIPTION ? Verdict.PASS : marked(text);
    }

    private Verdict marked(String text) {
        var signs = new LinkedHashSet<String>();
        if (!rules.ofAll(text).isEmpty()) signs.add("possible_instruction");
        if (SpecialTokens.areIn(text)) signs.add("control_tokens");
        return signs.isEmpty() ? Verdict.PASS : new Verdict.Mark(String.join(",", signs), "Marked as data (" + told(signs) + ").");
    }

    private static String told(Set<String> rules) {
        return String.join(", ", rules).replace('_', ' ');
    }

    private static String changed(String before, String after, String rule, Set<String> met) {
        if (!before.equals(after)) met.add(rule);
        return after;
    }

    /** Characters that are not seen may be part of a script or an emoji; here they hide something, or turn it around. */
    private String withoutHidden(String text) {
        var seen = HiddenCharacters.removed(text);
        if (seen.length() == text.length()) return text;
        return TAGS.matcher(text).find() || isMoreSaid(text, seen) ? seen : text;
    }

    private boolean isMoreSaid(String hidden, String seen) {
        return DataBlock.holdsMarks(seen) && !DataBlock.holdsMarks(hidden) || !rules.ofAll(hidden).containsAll(rules.ofAll(seen))
                || SpecialTokens.areIn(seen) && !SpecialTokens.areIn(hidden);
    }

    private String withoutHiddenMarkup(String text) {
        return INVISIBLE_MARKUP.matcher(text)
                .replaceAll(found -> rules.ofAll(found.group()).isEmpty() ? Matcher.quoteReplacement(found.group()) : " ");
    }

    private static String withoutLoadedAddresses(String text) {
        var links = LINK.matcher(text).replaceAll(
                found -> Matcher.quoteReplacement(isLoaded(found.group(2)) ? found.group(1) : found.group()));
        return LINK_WITH_CAPITALS.matcher(LOADED_ADDRESS.matcher(links).replaceAll("…")).replaceAll("…");
    }

    private static boolean isLoaded(String address) {
        return LOADED_ADDRESS.matcher(address).find() || LINK_WITH_CAPITALS.matcher(address).find();
    }

    private String withoutOrders(Stage stage, String text, String language) {
        var mark = language.equals("zh") ? "［已删去一句针对助手的指令］" : "[a sentence that gave orders to the assistant was removed]";
        var kept = new StringBuilder(text.length());
        var spokenTo = false; // by the sentence before, in the same paragraph
        for (var sentence : Sentences.of(text)) {
            var to = rules.of(sentence);
            spokenTo = isForTheModel(stage, to) || spokenTo && to.contains(Addressee.NEXT);
            kept.append(spokenTo ? mark + end(sentence) : sentence);
            spokenTo &= !sentence.endsWith("\n");
        }
        return kept.toString();
    }

    private static boolean isForTheModel(Stage stage, Set<Addressee> to) {
        return to.contains(Addressee.MODEL) || stage == Stage.TOOL_DESCRIPTION && to.contains(Addressee.TOOL);
    }

    private static String end(String sentence) {
        return sentence.endsWith("\n") ? "\n" : " ";
    }
}
