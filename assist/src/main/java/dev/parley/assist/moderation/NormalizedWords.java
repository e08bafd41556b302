package dev.parley.assist.moderation;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text as the words that it says, however they are written: without case, width, accents and invisible characters, look-alikes and
 * digits for letters undone, spread letters joined. A Chinese character is a word of its own.
 */
public final class NormalizedWords {

    /** Ends a sentence; no phrase reaches over it. */
    public static final String END = ".";

    /** Stands after a letter that may be meant once or twice. */
    static final char MANY = '+';

    /** Stands for a letter that was hidden. */
    static final String HIDDEN = "*#";

    private static final int MOST_MARKS = 30; // in a row

    private static final String LOOKALIKES = "аaеeоoрpсcуyхxіiјjѕsкkмmтtнhвbαaεeιiοoρpυuνvκkτtωwɑaɡgıi";
    // Traditional characters that the rules write in their simplified form.
    private static final String TRADITIONAL = "殺杀們们彈弹藥药製制買买賣卖強强槍枪傷伤話话個个會会這这還还妳你從从過过幹干屍尸體体頭头斷断腸肠槍枪門门發发給给寫写讓让歲岁幼幼圖图兒儿兩两錢钱騙骗竊窃號号碼码偽伪護护證证貨货販贩癮"
            + "瘾頂顶樓楼燒烧炭炭應应該该滅灭絕绝種种賤贱廢废豬猪滾滚媽妈爛烂驗验裝装爾尔擊击綁绑紮扎鮮鲜噴喷內内臟脏視视頻频裸裸羅罗藥药嚥咽壓压氣气農农臉脸癱瘫暈晕癲癫癇痫誤误腫肿蕁荨臟脏條条離离遺遗書书結结斃毙動动脈脉湧涌潔洁廁厕劑剂嚨咙劇剧難难無无識识沒没"
            + "啞哑邊边側侧講讲嗆呛異异麵面紅红嬰婴雙双緊紧覺觉嚴严隱隐蠱蛊蠍蝎蜂蜂齒齿鹼碱漿浆聽听飲饮電电來来處处學学後后對对時时說说麼么歡欢";
    private static final String LEET_FROM = "013457@$!";
    private static final String LEET_TO = "oieastasi";

    private static final char[] REPLACED = replacements();

    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private final StringBuilder spread = new StringBuilder(); // letters that stand alone, one after the other
    private int spreadFrom;
    private final int[] text;

    private NormalizedWords(String text) {
        this.text = plain(text).codePoints().toArray();
    }

    /** The words of a text, with {@link #END} between sentences. */
    public static List<String> of(String text) {
        var words = new NormalizedWords(text);
        words.split();
        return words.words;
    }

    private static String plain(String text) {
        var decomposed = Normalizer.normalize(Normalizer.normalize(withoutManyMarks(text), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT),
                Normalizer.Form.NFD);
        var plain = new StringBuilder(decomposed.length());
        decomposed.codePoints().filter(c -> !isInvisible(c)).map(NormalizedWords::replaced).forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /**
     * Marks in a row are sorted when a text is normalised, which takes the square of their number: no letter has more (UAX #15, section
     * 13).
     */
    private static String withoutManyMarks(String text) {
        var few = new StringBuilder(text.length());
        var marks = 0;
        for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            marks = isMark(c) ? marks + 1 : 0;
            if (marks <= MOST_MARKS) few.appendCodePoint(c);
        }
        return few.toString();
    }

    private static boolean isMark(int c) {
        var type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> true;
            default -> false;
        };
    }

    private static int replaced(int c) {
        return c < REPLACED.length ? REPLACED[c] : c;
    }

    /** What each character is read as. Of two pairs for one the first counts. */
    private static char[] replacements() {
        var as = new char[1 << 16];
        for (int c = 0; c < as.length; c++) as[c] = (char) c;
        for (var pairs : List.of(TRADITIONAL, LOOKALIKES)) {
            for (int i = pairs.length() - 2; i >= 0; i -= 2) as[pairs.charAt(i)] = pairs.charAt(i + 1);
        }
        return as;
    }

    private void split() {
        for (int i = 0; i < text.length; i++) {
            var c = text[i];
            if (isHan(c)) {
                endWord();
                endSpread();
                words.add(Character.toString(c));
            } else if (isOfWord(i)) {
                word.appendCodePoint(c);
            } else if (c != '\'' && c != '’') {
                endWord();
                if (isWide(i)) endSpread();
                if (endsSentence(i)) end();
            }
        }
        endWord();
        endSpread();
    }

    private static boolean isHan(int c) {
        return Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN;
    }

    // Signs count as letters inside of a word (k!ll, b*tch), and those that look like one at its beginning ($ex).
    private boolean isOfWord(int i) {
        var c = text[i];
        if (Character.isLetterOrDigit(c)) return true;
        var before = i > 0 && isLetterOrStar(text[i - 1]);
        var after = i + 1 < text.length && isLetterOrStar(text[i + 1]);
        return switch (c) {
            case '*', '#', '!' -> before && after;
            case '@', '$' -> after;
            default -> false;
        };
    }

    private static boolean isLetterOrStar(int c) {
        return c == '*' || c == '#' || Character.isLetterOrDigit(c) && !isHan(c);
    }

    /** More than the one sign that separates spread letters. */
    private boolean isWide(int i) {
        return Character.isWhitespace(text[i]) && i + 1 < text.length && Character.isWhitespace(text[i + 1]) || text[i] == '\n';
    }

    private boolean endsSentence(int i) {
        if (".!?;\n。！？；".indexOf(text[i]) < 0) return false;
        return spread.isEmpty() || i + 2 >= text.length || !Character.isLetter(text[i + 1]) || isOfWord(i + 2);
    }

    private void end() {
        endSpread();
        if (!words.isEmpty() && !words.getLast().equals(END)) words.add(END);
    }

    private void endWord() {
        if (word.isEmpty()) return;
        var read = squeezed(unleeted(word.toString()));
        word.setLength(0);
        if (read.length() != 1) {
            endSpread();
        } else {
            if (spread.isEmpty()) spreadFrom = words.size();
            spread.append(read);
        }
        words.add(read);
    }

    /** Three letters and more that stand alone are a word: k i l l. */
    private void endSpread() {
        if (spread.length() > 2) {
            while (words.size() > spreadFrom) words.removeLast();
            words.add(squeezed(unleeted(spread.toString())));
        }
        spread.setLength(0);
    }

    /** Digits and signs that stand for letters, where they touch one: 1d1ot, but not 14yo. */
    private static String unleeted(String word) {
        var letters = new StringBuilder(word);
        for (int i = 0; i < word.length(); i++) {
            var as = LEET_FROM.indexOf(word.charAt(i));
            if (as < 0) continue;
            var touches = i > 0 ? Character.isLetter(letters.charAt(i - 1)) : word.length() > 1 && Character.isLetter(word.charAt(1));
            if (touches) letters.setCharAt(i, LEET_TO.charAt(as));
        }
        return letters.toString();
    }

    /** A letter that stands three times and more says nothing of how often it is meant: kiiiill is ki+ll. */
    private static String squeezed(String word) {
        var squeezed = new StringBuilder(word.length());
        for (int i = 0, end; i < word.length(); i = end) {
            end = i + 1;
            while (end < word.length() && word.charAt(end) == word.charAt(i)) end++;
            if (end - i > 2 && Character.isLetter(word.charAt(i))) squeezed.append(word.charAt(i)).append(MANY);
            else squeezed.append(word, i, end);
        }
        return squeezed.toString();
    }
}
