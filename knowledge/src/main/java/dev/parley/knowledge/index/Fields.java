package dev.parley.knowledge.index;

/** Names of the index's fields. A file is a row of its passages followed by one document of its own, replaced together. */
final class Fields {

    /** Of the layout of the index; it goes up when an older program could not read it, or not rightly. */
    static final int FORMAT = 1;

    static final String FILE = "file"; // of passages and files: which file it is, or belongs to
    static final String KIND = "kind";
    static final String PASSAGE = "passage";
    static final String SOURCE = "source";

    static final String ID = "id";
    static final String TITLE = "title";
    static final String CONTEXT = "context";
    static final String PAGE = "page";
    static final String START = "start";
    static final String END = "end";
    static final String TEXT = "text";
    static final String LANGUAGE = "language";
    static final String VECTOR = "vector";

    static final String CHECKSUM = "checksum";
    static final String MODIFIED = "modified";
    static final String SIZE = "size";
    static final String PASSAGES = "passages";
    static final String FAULT = "fault";

    private Fields() {}

    /** The field of the words of passages in a language. */
    static String words(Language language) {
        return "words_" + language.code();
    }

    /** The field of the words of their titles. */
    static String titleWords(Language language) {
        return "title_" + language.code();
    }

    static Language languageOf(String field) {
        return Language.of(field.substring(field.lastIndexOf('_') + 1));
    }
}
