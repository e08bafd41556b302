package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Small stories from a grammar: somebody somewhere wants something, meets a problem, finds help, is glad. A story is
 * right if it tells of the asked hero from its first sentence on, keeps to one place, one wish and one helper, and ends. What is
 * held out are heroes, a kind with a name: no question names such a hero in training, and no story tells of one.
 */
public final class Stories extends CaseTask<Stories.Hero> {

    private static final int EVERY = 3;

    private static final List<String> KINDS = List.of("cat", "dog", "fox", "bear", "bird", "frog", "girl", "boy", "robot", "mouse",
            "rabbit", "horse", "duck", "turtle", "king", "queen", "baker", "sailor");
    private static final List<String> NAMES = List.of("Anna", "Ben", "Clara", "Dan", "Ella", "Finn", "Gus", "Hana", "Ida", "Jack",
            "Kim", "Leo", "Mia", "Nico", "Olga", "Pia", "Rosa", "Sam", "Tom", "Zoe");
    private static final List<String> TRAITS = List.of("small", "brave", "kind", "shy", "clever", "tired", "happy", "young", "old",
            "curious");
    private static final List<String> PLACES = List.of("in a green forest", "by the sea", "on a high hill", "in a small town",
            "near a blue lake", "in a big city", "on a quiet farm", "in an old castle");
    private static final List<Wish> WISHES = List.of(
            new Wish("wanted to find a red ball", "the ball was lost in the grass", "looked under the leaves and found the ball"),
            new Wish("wanted to bake a cake", "there was no sugar in the house", "brought a bag of sugar"),
            new Wish("wanted to cross the river", "the bridge was broken", "built a new bridge of wood"),
            new Wish("wanted to see the stars", "the sky was full of clouds", "waited until the wind blew the clouds away"),
            new Wish("wanted to learn a song", "the words were hard to remember", "sang every line again and again"),
            new Wish("wanted to plant a tree", "the ground was hard and dry", "carried water from the well"),
            new Wish("wanted to read a book", "the book had fallen into the mud", "cleaned every page with care"),
            new Wish("wanted to fly a kite", "the kite was stuck in a tree", "climbed the tree and brought the kite down"),
            new Wish("wanted to visit a friend", "the way was long and dark", "came along with a bright lamp"),
            new Wish("wanted to catch a fish", "the net had a hole", "mended the net with a string"));
    private static final List<String> ENDINGS = List.of("They laughed and went home together.", "They were friends from that day on.",
            "They said thank you and danced.", "They slept well that night.");
    private static final List<String> PHRASINGS = List.of("Tell me a story about a %s.", "Can you tell me a story about a %s?",
            "Write a little story about a %s.", "Tell a story about a %s called %s.", "I want a story about a %s named %s.");
    private static final List<String> WITH_NAME = PHRASINGS.subList(3, 5);

    private final HeldOut examined;

    /**
     * Makes the task.
     *
     * @param examined which stories are kept for the exam, and never trained on
     */
    public Stories(HeldOut examined) {
        super("stories");
        this.examined = examined;
    }

    private record Wish(String wish, String problem, String help) {}

    /** Whom a story is about. @param kind such as fox */
    record Hero(String kind, String name) {}

    @Override
    Hero draw(RandomGenerator random) {
        return new Hero(pick(KINDS, random), pick(NAMES, random));
    }

    @Override
    List<Hero> heldOutCases(RandomGenerator random) {
        return KINDS.stream().flatMap(kind -> NAMES.stream().map(name -> new Hero(kind, name))).filter(this::isHeldOut).toList();
    }

    @Override
    boolean isHeldOut(Hero hero) {
        return examined.has(hero.kind() + hero.name(), EVERY);
    }

    @Override
    Example example(Hero hero, RandomGenerator random) {
        return example(pick(PHRASINGS, random), hero, random);
    }

    /** The hero is named: the same question is never trained. */
    @Override
    Example examined(Hero hero, RandomGenerator random) {
        return example(pick(WITH_NAME, random), hero, random);
    }

    private static Example example(String phrasing, Hero hero, RandomGenerator random) {
        return new Example(phrasing.formatted(hero.kind(), hero.name()), story(hero.kind(), hero.name(), random));
    }

    private static String story(String kind, String name, RandomGenerator random) {
        var trait = pick(TRAITS, random);
        var wish = pick(WISHES, random);
        var helper = pick(KINDS, random);
        while (helper.equals(kind)) helper = pick(KINDS, random);
        var article = "aeiou".indexOf(trait.charAt(0)) >= 0 ? "an" : "a";
        return "%s was %s %s %s who lived %s. One day %s %s, but %s. A %s saw it and helped. The %s %s. %s The end.".formatted(
                name, article, trait, kind, pick(PLACES, random), name, wish.wish(), wish.problem(), helper, helper, wish.help(),
                pick(ENDINGS, random));
    }

    private static <T> T pick(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }

    @Override
    public boolean correct(Example example, String answer) {
        var story = answer.strip();
        var kind = KINDS.stream().filter(k -> example.prompt().matches(".*\\b" + k + "\\b.*")).findFirst().orElseThrow();
        var asked = NAMES.stream().filter(n -> example.prompt().contains(n)).findFirst();
        var name = story.split(" ")[0];
        if (!NAMES.contains(name) || asked.isPresent() && !asked.get().equals(name)) return false;
        var wish = WISHES.stream().filter(w -> story.contains(" One day " + name + " " + w.wish() + ", but " + w.problem() + ". "))
                .findFirst();
        if (wish.isEmpty() || !story.endsWith(" The end.")) return false;
        return KINDS.stream()
                .anyMatch(helper -> story.contains(" A " + helper + " saw it and helped. The " + helper + " " + wish.get().help() + ". "))
                && story.startsWith(name + " was a") && story.split("\\. ")[0].contains(" " + kind + " who lived ");
    }
}
