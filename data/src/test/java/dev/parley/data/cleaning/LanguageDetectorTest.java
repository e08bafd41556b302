package dev.parley.data.cleaning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentences written for this test, none of which helped to choose the words that the detector knows. */
class LanguageDetectorTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "en | Our neighbour keeps four hens behind the house, and every morning she brings us two warm eggs.",
        "zh | 我们的邻居在房子后面养了四只母鸡，每天早上都会给我们送来两个热鸡蛋。",
        "ja | 隣の人は家の裏で鶏を四羽飼っていて、毎朝あたたかい卵を二つ届けてくれます。",
        "ko | 이웃은 집 뒤에서 닭 네 마리를 기르고 매일 아침 따뜻한 달걀 두 개를 가져다줍니다.",
        "de | Unsere Nachbarin hält hinter dem Haus vier Hühner und bringt uns jeden Morgen zwei warme Eier.",
        "fr | Notre voisine élève quatre poules derrière la maison et nous apporte chaque matin deux œufs encore chauds.",
        "es | Nuestra vecina cría cuatro gallinas detrás de la casa y cada mañana nos trae dos huevos todavía calientes.",
        "it | La nostra vicina alleva quattro galline dietro la casa e ogni mattina ci porta due uova ancora calde.",
        "pt | A nossa vizinha cria quatro galinhas atrás da casa e todas as manhãs traz-nos dois ovos ainda quentes.",
        "nl | Onze buurvrouw houdt vier kippen achter het huis en brengt ons elke ochtend twee warme eieren.",
        "sv | Vår granne har fyra höns bakom huset och kommer med två varma ägg till oss varje morgon.",
        "fi | Naapurimme pitää neljää kanaa talon takana ja tuo meille joka aamu kaksi munaa, jotka ovat vielä lämpimiä.",
        "pl | Nasza sąsiadka hoduje za domem cztery kury i każdego ranka przynosi nam dwa ciepłe jajka, które są bardzo dobre.",
        "cs | Naše sousedka chová za domem čtyři slepice a každé ráno nám přinese dvě vejce, která jsou ještě teplá.",
        "tr | Komşumuz evin arkasında dört tavuk besliyor ve her sabah bize iki sıcak yumurta getiriyor.",
        "vi | Hàng xóm của chúng tôi nuôi bốn con gà sau nhà và mỗi sáng mang cho chúng tôi hai quả trứng còn ấm.",
        "id | Tetangga kami memelihara empat ekor ayam di belakang rumah dan setiap pagi membawa dua telur yang masih hangat untuk kami.",
        "ru | Наша соседка держит за домом четырёх кур и каждое утро приносит нам два тёплых яйца.",
        "uk | Наша сусідка тримає за хатою чотири курки і щоранку приносить нам два теплі яйця.",
        "ar | تربي جارتنا أربع دجاجات خلف المنزل وتحضر لنا كل صباح بيضتين دافئتين.",
        "el | Η γειτόνισσά μας έχει τέσσερις κότες πίσω από το σπίτι.",
        "he | השכנה שלנו מגדלת ארבע תרנגולות מאחורי הבית.",
        "hi | हमारी पड़ोसन घर के पीछे चार मुर्गियाँ पालती है।",
        "th | เพื่อนบ้านของเราเลี้ยงไก่สี่ตัวหลังบ้าน"})
    void aSentenceIsInItsLanguage(String language, String sentence) {
        assertEquals(language, LanguageDetector.of(sentence).language());
    }

    @Test
    void whatIsInNoLanguageIsNot() {
        assertEquals(LanguageDetector.UNKNOWN, LanguageDetector.of("4711 !!! 🙂").language());
        assertEquals(LanguageDetector.UNKNOWN, LanguageDetector.of("qwfp zxcv bnmk hjkl qqqq wwww").language());
    }

    @Test
    void mixedTextIsDoubtful() {
        var mixed = LanguageDetector.of("这是一段中文，里面有一半是 English words that nobody asked for here at all");
        assertTrue(mixed.confidence() < 0.8, mixed.toString());
        var step = new LanguageFilter(Set.of("en"), 0.65);
        assertTrue(step.apply(new DocumentDraft("Das ist nicht, was wir wollten.")) instanceof Outcome.Dropped(var rule) && rule.equals("de"));
        assertTrue(step.apply(new DocumentDraft("This is what we wanted to have.")) instanceof Outcome.Kept);
    }
}
