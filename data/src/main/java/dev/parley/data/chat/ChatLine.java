package dev.parley.data.chat;

/** A line of a file of conversations: what it says, or what is wrong with it. */
public sealed interface ChatLine {

    /** Where it stands. */
    Place place();

    /**
     * A line that can be learned from.
     *
     * @param format that it is written in
     */
    record Good(Place place, ChatFormat format, ChatRecord content) implements ChatLine {}

    /**
     * A line that cannot.
     *
     * @param fault without a full stop
     */
    record Bad(Place place, String fault) implements ChatLine {

        @Override
        public String toString() {
            return place + ": " + fault + ".";
        }
    }
}
