package dev.parley.assist.writing;

/**
 * An English word up to a letter, as far as its syllables depend on it. A vowel after a consonant begins a syllable; two vowels are one,
 * but for pairs that are mostly spoken apart; endings such as a silent e take one away. That is read from left to right, one letter at a
 * time, so that the same rules count a word and hold a model to a count.
 *
 * @param syllables counted so far; endings may still take one away
 * @param last the letter before, or one of its kind, or {@code ^} at the beginning of a word; {@code '} after an apostrophe
 * @param before the letter before that, or one of its kind
 * @param ending how much of an ending that matters is there
 * @param run how many vowels, or consonants, there are in a row
 */
record WordState(int syllables, char last, char before, Ending ending, int run) {

    static final WordState START = new WordState(0, '^', '^', Ending.NONE, 0);

    /** No word has more of them in a row, so that a line cannot grow without end. */
    static final int MOST_VOWELS = 4;
    static final int MOST_CONSONANTS = 5;

    private static final String VOWELS = "aeiouy";

    /** Beginnings of what may be an ending: an e that is a syllable of its own, and what followed it. */
    enum Ending {
        NONE, E, E_KEPT, ES, ED, E_L, E_LE, E_LES, E_F, E_FU, E_M, E_ME, E_MEN, E_N, E_NE, E_NES, VI, VIN
    }

    static boolean isVowel(char c) {
        return VOWELS.indexOf(c) >= 0;
    }

    /** Keeps of the two letters before only what anything depends on, so that there are few states. */
    WordState {
        if (before != '\'' && before != '"' && last != '\'' && last != '^') {
            before = switch (last) {
                case 'i' -> "tcsgx".indexOf(before) >= 0 ? 's' : 'b';
                case 'e' -> "szxch".indexOf(before) >= 0 ? 's' : before == 'g' ? 'g' : "td".indexOf(before) >= 0 ? 't' : 'b';
                case 'u' -> before == 'q' || before == 'g' ? 'g' : 'b';
                case 'y' -> before == '^' ? '^' : 'b';
                case 'l' -> isVowel(before) || "lrw^".indexOf(before) >= 0 ? 'r' : 'b';
                default -> 'b';
            };
            last = switch (last) {
                case 'a', 'o' -> 'a';
                case 'c', 's', 'x' -> 's';
                case 'z', 'h' -> 'h';
                case 'r', 'w' -> 'r';
                case 'e', 'i', 'u', 'y', 't', 'd', 'g', 'q', 'l' -> last;
                default -> 'b';
            };
        }
    }

    /** The same with no more syllables counted than matter: none, one or several. */
    WordState capped() {
        return syllables <= 2 ? this : new WordState(2, last, before, ending, run);
    }

    /** Whether a letter may follow: words are bounded, and after an apostrophe come s, t, d, m, ll, re or ve. */
    boolean allows(char c) {
        if (last == '^') return c != '\'';
        if (last == '\'') return "stdmlrv".indexOf(c) >= 0;
        if (before == '\'') return last == 'l' && c == 'l' || (last == 'r' || last == 'v') && c == 'e';
        if (before == '"') return false;
        if (c == '\'') return syllables > 0;
        return isVowel(c) != isVowel(last) || run < (isVowel(c) ? MOST_VOWELS : MOST_CONSONANTS);
    }

    /** Whether the word may end here. */
    boolean mayEnd() {
        return total() > 0 && last != '\'' && !(before == '\'' && "lrv".indexOf(last) >= 0);
    }

    /** The word's syllables, if it ends here. */
    int total() {
        return syllables - switch (ending) {
            case E, ES, ED -> 1;
            default -> 0;
        };
    }

    /** The word with a letter more. */
    WordState after(char c) {
        if (c == '\'') return new WordState(total(), '\'', last, Ending.NONE, 0);
        if (last == '\'') return new WordState(syllables, c, '\'', Ending.NONE, 0);
        if (before == '\'') return new WordState(syllables, c, '"', Ending.NONE, 0); // nothing may follow
        var again = last != '^' && isVowel(c) == isVowel(last);
        var count = syllables + (isVowel(c) ? begun(c) : last == 'y' && before == '^' ? 1 : 0) - taken(c);
        return new WordState(count, c, last, next(c), again ? run + 1 : 1);
    }

    /** Syllables that a vowel begins, 0 or 1. */
    private int begun(char c) {
        if (last == '^') return c == 'y' ? 0 : 1; // yes, you: a consonant
        if (!isVowel(last)) return 1;
        if (last == 'y') return 1; // be-yond, dy-ing, and yes
        return spokenApart(c) ? 1 : 0;
    }

    private boolean spokenApart(char c) {
        var soft = "tcsgx".indexOf(before) >= 0; // na-tion, spe-cial, re-gion
        return switch (last) {
            case 'i' -> (c == 'a' || c == 'o' || c == 'u') && !soft; // gi-ant, ra-di-o
            case 'e' -> c == 'o' && before != 'g'; // vid-e-o
            case 'u' -> c == 'a' && before != 'q' && before != 'g' || c == 'o' && before != 'q'; // ac-tu-al, du-o
            default -> false;
        };
    }

    /** Whether this letter shows that an e before was silent, as in love-ly, or that two vowels are two syllables, as in go-ing. */
    private int taken(char c) {
        return switch (ending) {
            case E_L -> c == 'y' ? 1 : 0;
            case E_LES, E_NES -> c == 's' ? 1 : 0;
            case E_FU -> c == 'l' ? 1 : 0;
            case E_MEN -> c == 't' ? 1 : 0;
            case VIN -> c == 'g' ? -1 : 0;
            default -> 0;
        };
    }

    private Ending next(char c) {
        if (c == 'i' && isVowel(last) && last != 'y' && last != '^') return Ending.VI;
        return switch (ending) {
            case VI -> c == 'n' ? Ending.VIN : other(c);
            case E, E_KEPT -> afterE(c);
            case E_L -> c == 'e' ? Ending.E_LE : other(c);
            case E_LE -> c == 's' ? Ending.E_LES : afterE(c);
            case E_F -> c == 'u' ? Ending.E_FU : other(c);
            case E_M -> c == 'e' ? Ending.E_ME : other(c);
            case E_ME -> c == 'n' ? Ending.E_MEN : afterE(c);
            case E_N -> c == 'e' ? Ending.E_NE : other(c);
            case E_NE -> c == 's' ? Ending.E_NES : afterE(c);
            default -> other(c);
        };
    }

    private Ending other(char c) {
        if (c != 'e' || last == '^' || isVowel(last) && last != 'y' || syllables < 1) return Ending.NONE;
        var syllabic = last == 'l' && !isVowel(before) && "lrw^".indexOf(before) < 0; // ta-ble, lit-tle
        return syllabic ? Ending.E_KEPT : Ending.E;
    }

    /** After an e that is a syllable, preceded by the letter {@code before}. */
    private Ending afterE(char c) {
        if (ending == Ending.E_KEPT) return Ending.NONE;
        return switch (c) {
            case 's' -> "szxcg".indexOf(before) >= 0 || before == 'h' ? Ending.NONE : Ending.ES; // ro-ses, pa-ges, wish-es
            case 'd' -> before == 't' || before == 'd' ? Ending.NONE : Ending.ED; // want-ed
            case 'l' -> Ending.E_L;
            case 'f' -> Ending.E_F;
            case 'm' -> Ending.E_M;
            case 'n' -> Ending.E_N;
            default -> Ending.NONE;
        };
    }
}
