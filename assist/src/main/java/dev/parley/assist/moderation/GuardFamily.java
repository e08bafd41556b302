package dev.parley.assist.moderation;

import static dev.parley.assist.moderation.Category.*;

import dev.parley.tokenizer.ChatTemplate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Families of guard models: language models that answer a conversation by a verdict and the kinds of harm that they found, in a fixed
 * form. What they are asked is in their chat templates; what they answer, and which of OpenAI's categories their own stand for, is here.
 */
public enum GuardFamily {

    /** Qwen3Guard-Gen: {@code Safety: Unsafe}, and on the next line {@code Categories: Violent, PII} (arXiv:2510.14276). */
    QWEN3_GUARD("Qwen3Guard-Gen", Pattern.compile("Safety: Controversial"), "Safety: ", List.of("Safe", "Unsafe", "Controversial"),
            "\nCategories:", qwen3()),

    /** Llama Guard 3: {@code unsafe}, and on the next line {@code S1,S10}, by the hazards of MLCommons. */
    LLAMA_GUARD_3("Llama Guard 3", Pattern.compile("\\bS5\\W{1,6}Defamation"), "", List.of("safe", "unsafe"), "\n", llama3());

    private final String title;
    private final Pattern asked;
    private final String lead;
    private final List<String> verdicts;
    private final String beforeLabels;
    private final Map<String, Set<Category>> labels;

    GuardFamily(String title, Pattern asked, String lead, List<String> verdicts, String beforeLabels, Map<String, Set<Category>> labels) {
        this.title = title;
        this.asked = asked;
        this.lead = lead;
        this.verdicts = verdicts;
        this.beforeLabels = beforeLabels;
        this.labels = labels;
    }

    private static Map<String, Set<Category>> qwen3() {
        var labels = new LinkedHashMap<String, Set<Category>>();
        labels.put("Violent", Set.of(VIOLENCE, ILLICIT_VIOLENT));
        labels.put("Non-violent Illegal Acts", Set.of(ILLICIT));
        labels.put("Sexual Content or Sexual Acts", Set.of(SEXUAL));
        labels.put("PII", Set.of());
        labels.put("Suicide & Self-Harm", Set.of(SELF_HARM));
        labels.put("Unethical Acts", Set.of(HATE, HARASSMENT));
        labels.put("Politically Sensitive Topics", Set.of());
        labels.put("Copyright Violation", Set.of());
        labels.put("Jailbreak", Set.of());
        return labels;
    }

    private static Map<String, Set<Category>> llama3() {
        var labels = new LinkedHashMap<String, Set<Category>>();
        labels.put("S1", Set.of(VIOLENCE, ILLICIT_VIOLENT)); // violent crimes
        labels.put("S2", Set.of(ILLICIT)); // non-violent crimes
        labels.put("S3", Set.of(SEXUAL, ILLICIT)); // sex crimes
        labels.put("S4", Set.of(SEXUAL_MINORS)); // child exploitation
        labels.put("S5", Set.of()); // defamation
        labels.put("S6", Set.of()); // specialised advice
        labels.put("S7", Set.of()); // privacy
        labels.put("S8", Set.of()); // intellectual property
        labels.put("S9", Set.of(ILLICIT_VIOLENT)); // indiscriminate weapons
        labels.put("S10", Set.of(HATE));
        labels.put("S11", Set.of(SELF_HARM));
        labels.put("S12", Set.of(SEXUAL)); // sexual content
        labels.put("S13", Set.of()); // elections
        labels.put("S14", Set.of(ILLICIT)); // abuse of code interpreters
        return labels;
    }

    /** The family whose verdict a chat template asks for. */
    public static Optional<GuardFamily> of(ChatTemplate template) {
        return Arrays.stream(values()).filter(family -> family.asked.matcher(template.source()).find()).findFirst();
    }

    /** The labels of all families, in the order of the alphabet. */
    public static Set<String> allLabels() {
        var all = new TreeSet<String>();
        for (var family : values()) all.addAll(family.labels.keySet());
        return new LinkedHashSet<>(all);
    }

    /** The name of the models. */
    public String title() {
        return title;
    }

    /** What stands before the verdict, on its line. */
    String lead() {
        return lead;
    }

    /** The verdicts: the harmless one first, then the harmful one, then what may be either, where a family has that. */
    List<String> verdicts() {
        return verdicts;
    }

    /** What stands between the verdict and the labels. */
    String beforeLabels() {
        return beforeLabels;
    }

    /** What it calls kinds of harm, and the categories that each stands for. */
    Map<String, Set<Category>> labels() {
        return labels;
    }
}
