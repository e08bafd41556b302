package dev.parley.assist.guard;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes from an answer each sentence with a dose that no passage of the turn names: the same amount must stand in a passage, and where the
 * answer speaks of a medicine that is known here, in a sentence of a passage that speaks of it too. Amounts are compared whatever
 * their unit (0.5 g is 500 mg).
 */
public final class DoseGuardrail implements Guardrail {

    private static final String NUMBER = SpelledNumbers.PATTERN;
    private static final Pattern DOSE = Pattern.compile("(?<![\\w.])" + NUMBER + "(?:\\s*(?:-|–|—|~|to|or|至|到|或)\\s*" + NUMBER
            + ")?\\s*(?:个\\s*)?(milligrams?|mg|micrograms?|mcg|[µμ]g|ug|grams?|g|millilitres?|milliliters?|ml|international "
            + "units|iu|units?|tablets?|pills?|capsules?|drops?|puffs?|sachets?|teaspoons?|tsp|tablespoons?|tbsp"
            + "|毫克|微克|克|毫升|国际单位|单位|片|粒|颗|滴|喷|袋|支|丸|茶匙|汤匙|勺)(?![a-zA-Z])");
    /** Names of one medicine, in both languages. */
    private static final List<List<String>> MEDICINES = List.of(List.of("paracetamol", "acetaminophen", "tylenol", "对乙酰氨基酚", "扑热息痛", "泰诺"),
            List.of("ibuprofen", "advil", "布洛芬"), List.of("aspirin", "阿司匹林"), List.of("amoxicillin", "阿莫西林"),
            List.of("metformin", "二甲双胍"), List.of("insulin", "胰岛素"), List.of("loratadine", "氯雷他定"), List.of("cetirizine", "西替利嗪"),
            List.of("omeprazole", "奥美拉唑"), List.of("diazepam", "valium", "地西泮", "安定"), List.of("melatonin", "褪黑素"),
            List.of("naproxen", "萘普生"), List.of("codeine", "可待因"), List.of("morphine", "吗啡"), List.of("warfarin", "华法林"),
            List.of("amlodipine", "氨氯地平"), List.of("atorvastatin", "阿托伐他汀"), List.of("loperamide", "洛哌丁胺"), List.of("vitamin d", "维生素d"),
            List.of("vitamin c", "维生素c"), List.of("prednisone", "泼尼松"), List.of("azithromycin", "阿奇霉素"), List.of("cephalexin", "头孢"),
            List.of("salbutamol", "albuterol", "沙丁胺醇"), List.of("tramadol", "曲马多"), List.of("sertraline", "舍曲林"));
    private static final Pattern MEDICINE = Pattern
            .compile(MEDICINES.stream().flatMap(List::stream).map(Pattern::quote).collect(Collectors.joining("|")));
    private static final Pattern TAKING = Pattern.compile(
            "(?i)\\b(?:tak\\w+|dose|doses|dosage|dosing|medicine|medication|drug|daily|inject\\w*|swallow\\w*|prescri\\w+|mg/kg)\\b|服|吃|"
                    + "剂量|用药|口服|每日|每次|一次|注射|药");

    private static final Set<String> COUNTED = Set.of("tablet", "drop", "puff", "sachet", "teaspoon", "tablespoon", "支");

    /** An amount in the smallest unit of its kind. */
    private record Dose(BigDecimal amount, String unit) {}

    /** A dose of a medicine, or of something that was not named. */
    private record Named(Dose dose, List<String> medicine) {}

    @Override
    public String name() {
        return "doses";
    }

    @Override
    public Set<Stage> stages() {
        return Set.of(Stage.OUTPUT);
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        var known = new LinkedHashSet<Named>();
        turn.passages().forEach(passage -> doses(plain(passage), known));
        var left = new LinkedHashSet<String>();
        var spokenOf = new ArrayList<List<String>>(); // the medicines that were named last
        var kept = Sentences.map(text, sentence -> {
            if (isFounded(plain(sentence), known, spokenOf)) return sentence;
            left.add(sentence.strip());
            return note(turn.language()) + (sentence.endsWith("\n") ? "\n" : " ");
        });
        if (left.isEmpty()) return Verdict.PASS;
        return new Verdict.Replace(kept.strip(), "dose_without_source", left.size() + " sentence(s) named a dose that no source names.");
    }

    private static String note(String language) {
        return language.equals("zh") ? "（此处略去了一个没有资料依据的用量，请咨询医生或药师。）"
                : "(A dose without a source was left out here; please ask a doctor or pharmacist.)";
    }

    private static String plain(String text) {
        return Normalizer.normalize(text.replace("½", "0.5"), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    /** Every dose of the sentence must be known, of each medicine that it speaks of; if it names none, those before it are meant. */
    private static boolean isFounded(String sentence, Set<Named> known, List<List<String>> spokenOf) {
        var named = medicines(sentence);
        if (!named.isEmpty()) {
            spokenOf.clear();
            spokenOf.addAll(named);
        }
        var doses = doses(sentence);
        if (doses.isEmpty() || named.isEmpty() && !speaksOfTaking(sentence, doses)) return true;
        return doses.stream().allMatch(dose -> spokenOf.isEmpty() ? known.stream().anyMatch(k -> k.dose().equals(dose))
                : spokenOf.stream().anyMatch(medicine -> known.contains(new Named(dose, medicine))));
    }

    /** The doses of a passage, each of the medicines that its sentence names, or those before it do. */
    private static void doses(String passage, Set<Named> found) {
        var spokenOf = new ArrayList<List<String>>();
        for (var sentence : Sentences.of(passage)) {
            var named = medicines(sentence);
            if (!named.isEmpty()) {
                spokenOf.clear();
                spokenOf.addAll(named);
            }
            for (var dose : doses(sentence)) {
                found.add(new Named(dose, List.of()));
                spokenOf.forEach(medicine -> found.add(new Named(dose, medicine)));
            }
        }
    }

    private static List<List<String>> medicines(String sentence) {
        return MEDICINES.stream().filter(names -> names.stream().anyMatch(sentence::contains)).toList();
    }

    /** Grams and millilitres may be of salt or water; tablets and milligrams are a medicine's. */
    private static boolean speaksOfTaking(String sentence, Set<Dose> doses) {
        return doses.stream().anyMatch(dose -> COUNTED.contains(dose.unit())) && TAKING.matcher(sentence).find() || DOSE.matcher(sentence)
                .results().anyMatch(found -> found.group(3).matches("m.*g.*|µg|μg|ug|iu|international units|毫克|微克|国际单位"));
    }

    private static Set<Dose> doses(String text) {
        var doses = new LinkedHashSet<Dose>();
        DOSE.matcher(MEDICINE.matcher(text).replaceAll("")).results().forEach(found -> { // three ibuprofen tablets
            doses.add(dose(found.group(1), found.group(3)));
            if (found.group(2) != null) doses.add(dose(found.group(2), found.group(3)));
        });
        return doses;
    }

    private static Dose dose(String number, String unit) {
        var micrograms = switch (unit) {
            case "g", "gram", "grams", "克" -> 1_000_000;
            case "mg", "milligram", "milligrams", "毫克" -> 1_000;
            default -> 1;
        };
        return new Dose(SpelledNumbers.value(number).multiply(BigDecimal.valueOf(micrograms)).stripTrailingZeros(), kind(unit));
    }

    private static String kind(String unit) {
        return switch (unit) {
            case "g", "gram", "grams", "克", "mg", "milligram", "milligrams", "毫克", "mcg", "µg", "μg", "ug", "microgram", "micrograms",
                    "微克" ->
                "µg";
            case "ml", "millilitre", "millilitres", "milliliter", "milliliters", "毫升" -> "ml";
            case "iu", "international units", "国际单位", "unit", "units", "单位" -> "iu";
            case "drop", "drops", "滴" -> "drop";
            case "puff", "puffs", "喷" -> "puff";
            case "sachet", "sachets", "袋" -> "sachet";
            case "teaspoon", "teaspoons", "tsp", "茶匙" -> "teaspoon";
            case "tablespoon", "tablespoons", "tbsp", "汤匙", "勺" -> "tablespoon";
            case "支" -> "支";
            default -> "tablet";
        };
    }
}
