package dev.parley.assist.guard;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes from an answer each sentence with a dose that no passage of the turn names: the same amount must stand in a passage, and where the
 * sentence names a medicine that is known here, beside that medicine. Amounts are compared whatever their unit (0.5 g is 500 mg).
 */
public final class DoseGuardrail implements Guardrail {

    private static final String NUMBER = "(\\d[\\d,]*(?:\\.\\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|half|一|二|两|三|四|五|六|七|八|"
            + "九|十|半)";
    private static final Pattern DOSE = Pattern.compile("(?<![\\w.])" + NUMBER + "(?:\\s*(?:-|–|—|~|to|or|至|到|或)\\s*" + NUMBER
            + ")?\\s*(?:个\\s*)?(milligrams?|mg|micrograms?|mcg|[µμ]g|ug|grams?|g|millilitres?|milliliters?|ml|international "
            + "units|iu|units?|tablets?|pills?|capsules?|drops?|puffs?"
            + "|毫克|微克|克|毫升|国际单位|单位|片|粒|颗|滴|喷|袋|支|丸)(?![a-zA-Z])", Pattern.CASE_INSENSITIVE);
    private static final Map<String, String> NUMBERS = Map.ofEntries(Map.entry("one", "1"), Map.entry("two", "2"), Map.entry("three", "3"),
            Map.entry("four", "4"), Map.entry("five", "5"), Map.entry("six", "6"), Map.entry("seven", "7"), Map.entry("eight", "8"),
            Map.entry("nine", "9"), Map.entry("ten", "10"), Map.entry("half", "0.5"), Map.entry("一", "1"), Map.entry("二", "2"),
            Map.entry("两", "2"), Map.entry("三", "3"), Map.entry("四", "4"), Map.entry("五", "5"), Map.entry("六", "6"), Map.entry("七", "7"),
            Map.entry("八", "8"), Map.entry("九", "9"), Map.entry("十", "10"), Map.entry("半", "0.5"));
    /** Names of one medicine, in both languages. */
    private static final List<List<String>> MEDICINES = List.of(List.of("paracetamol", "acetaminophen", "tylenol", "对乙酰氨基酚", "扑热息痛", "泰诺"),
            List.of("ibuprofen", "advil", "布洛芬"), List.of("aspirin", "阿司匹林"), List.of("amoxicillin", "阿莫西林"),
            List.of("metformin", "二甲双胍"), List.of("insulin", "胰岛素"), List.of("loratadine", "氯雷他定"), List.of("cetirizine", "西替利嗪"),
            List.of("omeprazole", "奥美拉唑"), List.of("diazepam", "valium", "地西泮", "安定"), List.of("melatonin", "褪黑素"),
            List.of("naproxen", "萘普生"), List.of("codeine", "可待因"), List.of("morphine", "吗啡"), List.of("warfarin", "华法林"),
            List.of("amlodipine", "氨氯地平"), List.of("atorvastatin", "阿托伐他汀"), List.of("loperamide", "洛哌丁胺"), List.of("vitamin d", "维生素d"),
            List.of("vitamin c", "维生素c"), List.of("prednisone", "泼尼松"), List.of("azithromycin", "阿奇霉素"), List.of("cephalexin", "头孢"),
            List.of("salbutamol", "albuterol", "沙丁胺醇"), List.of("tramadol", "曲马多"), List.of("sertraline", "舍曲林"));
    private static final Pattern TAKING = Pattern.compile(
            "(?i)\\b(?:tak\\w+|dose|doses|dosage|dosing|medicine|medication|drug|daily|inject\\w*|swallow\\w*|prescri\\w+|mg/kg)\\b|服|吃|"
                    + "剂量|用药|口服|每日|每次|一次|注射|药");

    /** An amount in the smallest unit of its kind. */
    private record Dose(BigDecimal amount, String unit) {}

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
        var passages = turn.passages().stream().map(DoseGuardrail::plain).toList();
        var left = new LinkedHashSet<String>();
        var kept = Sentences.map(text, sentence -> {
            if (isFounded(plain(sentence), passages)) return sentence;
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
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    private static boolean isFounded(String sentence, List<String> passages) {
        var medicines = MEDICINES.stream().filter(names -> names.stream().anyMatch(sentence::contains)).toList();
        var doses = doses(sentence);
        if (doses.isEmpty() || medicines.isEmpty() && !speaksOfTaking(sentence, doses)) return true;
        return passages.stream().anyMatch(passage -> Sentences.of(passage).stream().map(DoseGuardrail::doses)
                .collect(LinkedHashSet<Dose>::new, Set::addAll, Set::addAll).containsAll(doses)
                && medicines.stream().allMatch(names -> names.stream().anyMatch(passage::contains)));
    }

    /** Grams and millilitres may be of salt or water; tablets and milligrams are a medicine's. */
    private static boolean speaksOfTaking(String sentence, Set<Dose> doses) {
        return doses.stream().anyMatch(dose -> dose.unit().equals("piece")) && TAKING.matcher(sentence).find()
                || DOSE.matcher(sentence).results()
                        .anyMatch(found -> found.group(3).matches("(?i)m.*g.*|µg|μg|ug|iu|international units|毫克|微克|国际单位"));
    }

    private static Set<Dose> doses(String text) {
        var doses = new LinkedHashSet<Dose>();
        DOSE.matcher(text).results().forEach(found -> {
            doses.add(dose(found.group(1), found.group(3)));
            if (found.group(2) != null) doses.add(dose(found.group(2), found.group(3)));
        });
        return doses;
    }

    private static Dose dose(String number, String unit) {
        var amount = new BigDecimal(NUMBERS.getOrDefault(number, number).replace(",", ""));
        var millionths = switch (unit) {
            case "g", "gram", "grams", "克" -> 1_000_000;
            case "mg", "milligram", "milligrams", "毫克" -> 1_000;
            default -> 1;
        };
        var kind = switch (unit) {
            case "g", "gram", "grams", "克", "mg", "milligram", "milligrams", "毫克", "mcg", "µg", "μg", "ug", "microgram", "micrograms",
                    "微克" ->
                "µg";
            case "ml", "millilitre", "millilitres", "milliliter", "milliliters", "毫升" -> "ml";
            case "iu", "international units", "国际单位", "unit", "units", "单位" -> "iu";
            default -> "piece";
        };
        return new Dose(amount.multiply(BigDecimal.valueOf(millionths)).stripTrailingZeros(), kind);
    }
}
