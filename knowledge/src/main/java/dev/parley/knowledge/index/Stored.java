package dev.parley.knowledge.index;

import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.VectorSimilarityFunction;

/** Passages and files as documents of Lucene, there and back. */
final class Stored {

    /** What tells of a file without its text. */
    static final Set<String> FILE_FIELDS = Set.of(Fields.SOURCE, Fields.CHECKSUM, Fields.MODIFIED, Fields.SIZE, Fields.PASSAGES,
            Fields.FAULT);

    private Stored() {}

    /**
     * @param vector of length one; empty if there is none
     */
    static Document of(Found passage, float[] vector) {
        var document = new Document();
        document.add(new StringField(Fields.KIND, Fields.PASSAGE, Store.NO));
        document.add(new StringField(Fields.FILE, passage.source(), Store.YES));
        document.add(new StringField(Fields.ID, passage.id(), Store.YES));
        document.add(new StoredField(Fields.TITLE, passage.title()));
        document.add(new StoredField(Fields.CONTEXT, passage.context()));
        document.add(new StoredField(Fields.PAGE, passage.page()));
        document.add(new StoredField(Fields.START, passage.start()));
        document.add(new StoredField(Fields.END, passage.end()));
        document.add(new StoredField(Fields.TEXT, passage.text()));
        document.add(new StringField(Fields.LANGUAGE, passage.language().code(), Store.YES));
        document.add(new TextField(Fields.words(passage.language()), passage.whole(), Store.NO));
        document.add(new TextField(Fields.titleWords(passage.language()), passage.title(), Store.NO));
        if (vector.length > 0) document.add(new KnnFloatVectorField(Fields.VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        return document;
    }

    static Document of(IndexedFile file, String text) {
        var document = new Document();
        document.add(new StringField(Fields.KIND, Fields.SOURCE, Store.NO));
        document.add(new StringField(Fields.FILE, file.source(), Store.NO));
        document.add(new StringField(Fields.SOURCE, file.source(), Store.YES));
        document.add(new StoredField(Fields.CHECKSUM, file.checksum()));
        document.add(new StoredField(Fields.MODIFIED, file.modified()));
        document.add(new StoredField(Fields.SIZE, file.size()));
        document.add(new StoredField(Fields.PASSAGES, file.passages()));
        file.fault().ifPresent(fault -> document.add(new StoredField(Fields.FAULT, fault)));
        document.add(new StoredField(Fields.TEXT, text));
        return document;
    }

    static Found passage(Document document) {
        return new Found(document.get(Fields.ID), document.get(Fields.FILE), document.get(Fields.TITLE), document.get(Fields.CONTEXT),
                number(document, Fields.PAGE).intValue(), number(document, Fields.START).intValue(),
                number(document, Fields.END).intValue(),
                document.get(Fields.TEXT), Language.of(document.get(Fields.LANGUAGE)));
    }

    static IndexedFile file(Document document) {
        return new IndexedFile(document.get(Fields.SOURCE), document.get(Fields.CHECKSUM), number(document, Fields.MODIFIED).longValue(),
                number(document, Fields.SIZE).longValue(), number(document, Fields.PASSAGES).intValue(),
                Optional.ofNullable(document.get(Fields.FAULT)));
    }

    private static Number number(Document document, String field) {
        return document.getField(field).numericValue();
    }
}
