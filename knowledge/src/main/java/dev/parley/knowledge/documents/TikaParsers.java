package dev.parley.knowledge.documents;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.poi.openxml4j.util.ZipSecureFile;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.exception.ZeroByteFileException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.parser.microsoft.ooxml.OOXMLParser;
import org.apache.tika.parser.pdf.PDFParser;
import org.apache.tika.parser.pdf.PDFParserConfig;
import org.apache.tika.sax.SecureContentHandler;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** Reads HTML, PDF and DOCX by Tika: the text alone, nothing that is embedded or linked, no recognition of pictures. */
final class TikaParsers {

    /** What a part of a ZIP file may become, beside which even the text of a long book is small. */
    private static final long LARGEST_PART = 200_000_000;
    private static final double LEAST_INFLATE_RATIO = 0.005;

    static {
        ZipSecureFile.setMaxEntrySize(LARGEST_PART);
        ZipSecureFile.setMinInflateRatio(LEAST_INFLATE_RATIO);
    }

    private TikaParsers() {}

    private static Parser parser(String ending) {
        return switch (ending) {
            case "pdf" -> new PDFParser();
            case "docx" -> new OOXMLParser();
            default -> new JSoupParser();
        };
    }

    /**
     * Reads a file.
     *
     * @param characters of text at most
     */
    static Document read(Path file, String ending, int characters) throws DocumentException, IOException {
        var handler = new StructureHandler(characters);
        var metadata = new Metadata();
        try (var in = TikaInputStream.get(file, metadata)) {
            // Tika's guard against XML and ZIP bombs: much text of few bytes, elements nested without end
            var guarded = new SecureContentHandler(handler, in);
            guarded.setOutputThreshold(characters);
            parser(ending).parse(in, guarded, metadata, context());
        } catch (FileSystemException e) {
            throw e; // not the content's fault, unlike other ones
        } catch (SAXException | TikaException | IOException | RuntimeException e) {
            if (!handler.isFull()) throw new DocumentException(sentence(e, ending));
        }
        try {
            var title = metadata.get(TikaCoreProperties.TITLE);
            var document = handler.document(title == null ? "" : title);
            return ending.equals("pdf") ? PdfHeadings.mark(document) : document;
        } catch (SAXException e) {
            throw new IllegalStateException("The handler refuses nothing at its end.", e);
        }
    }

    private static ParseContext context() {
        var context = new ParseContext();
        var pdf = new PDFParserConfig();
        pdf.setOcrStrategy(PDFParserConfig.OCR_STRATEGY.NO_OCR);
        pdf.setExtractInlineImages(false);
        pdf.setExtractBookmarksText(false);
        pdf.setExtractAnnotationText(false);
        context.set(PDFParserConfig.class, pdf);
        context.set(EmbeddedDocumentExtractor.class, new EmbeddedDocumentExtractor() {
            @Override
            public boolean shouldParseEmbedded(Metadata metadata) {
                return false;
            }

            @Override
            public void parseEmbedded(InputStream in, ContentHandler handler, Metadata metadata, boolean outputHtml) {
                // nothing that is embedded is read
            }
        });
        return context;
    }

    private static String sentence(Exception e, String ending) {
        var kind = ending.toUpperCase(Locale.ROOT);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            var message = String.valueOf(cause.getMessage());
            if (cause instanceof EncryptedDocumentException || message.contains("password")) {
                return "it is encrypted; save it without a password";
            }
            if (cause instanceof ZeroByteFileException) return "it is empty";
            if (message.contains("Zip bomb") || message.contains("zip bomb") || message.contains("Suspected zip")) {
                return "it unfolds to far more than its size, as ZIP bombs do";
            }
        }
        return "it is damaged, or no " + kind + " file (" + firstLine(e) + ")";
    }

    private static String firstLine(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        var message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        var line = message.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ").strip();
        return line.length() > 160 ? line.substring(0, 160) + "…" : line.replaceAll("[.\\s]+$", "");
    }
}
