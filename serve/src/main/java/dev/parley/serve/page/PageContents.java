package dev.parley.serve.page;

import dev.parley.explain.page.ExplanationPage;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the page is made of. Nothing else of the class path is served. */
final class PageContents {

    /** Modules that come with the page; the browser is told of them at once, so that it need not find one in another. */
    static final List<String> MODULES = Stream
            .of("api", "app", "assistants", "attachments", "calls", "card", "choices", "compare", "composer", "conversation",
                    "days", "decisions", "dialog", "dom", "dress", "forms", "i18n", "i18n/en", "i18n/zh", "knowledge", "lesson", "login", "look",
                    "markdown",
                    "menu", "meter", "models", "panel", "preferences", "rating", "sampling", "scroll", "share", "shortcuts", "sidebar",
                    "sources", "state", "stream", "teach", "thoughts", "thread", "toast", "tokens", "tools", "transfer", "tree", "turn", "welcome",
                    "why",
                    "work", "writing")
            .map(name -> "js/" + name + ".js").toList();

    /** The page's other files. */
    static final List<String> OTHERS = List.of("js/early.js", "css/attachments.css", "css/base.css", "css/layout.css",
            "css/look.css", "css/panels.css",
            "css/prose.css", "css/shared.css", "css/teach.css",
            "css/thread.css", "css/why.css", "css/work.css", "img/icon.svg");

    /** What draws explanations, as it does in their own page; it comes when the first is asked for. */
    static final Map<String, Supplier<String>> EXPLANATION = Map.of("lib/explanation.js", ExplanationPage::script, "lib/explanation.css",
            ExplanationPage::style);

    /** Libraries that come with the page, too. */
    static final List<Library> FIRST_LIBRARIES = List.of(
            new Library("lib/marked.js", "org.webjars.npm", "marked", "lib/marked.esm.js"),
            new Library("lib/purify.js", "org.webjars.npm", "dompurify", "dist/purify.es.mjs"));

    /** Libraries that come when the first answer needs them. */
    static final List<Library> LATER_LIBRARIES = Stream.concat(Stream.of(
            new Library("lib/highlight.js", "org.webjars", "highlightjs", "highlight.min.js"),
            new Library("lib/katex.js", "org.webjars.npm", "katex", "dist/katex.min.js"),
            new Library("lib/katex.css", "org.webjars.npm", "katex", "dist/katex.min.css")),
            Stream.of("AMS-Regular", "Caligraphic-Bold", "Caligraphic-Regular", "Fraktur-Bold", "Fraktur-Regular", "Main-Bold",
                    "Main-BoldItalic", "Main-Italic",
                    "Main-Regular", "Math-BoldItalic", "Math-Italic", "SansSerif-Bold", "SansSerif-Italic", "SansSerif-Regular",
                    "Script-Regular", "Size1-Regular",
                    "Size2-Regular", "Size3-Regular", "Size4-Regular", "Typewriter-Regular").map(PageContents::font))
            .toList();

    private PageContents() {}

    private static Library font(String name) {
        return new Library("lib/fonts/KaTeX_" + name + ".woff2", "org.webjars.npm", "katex", "dist/fonts/KaTeX_" + name + ".woff2");
    }

    /**
     * A file out of a WebJar.
     *
     * @param name of the file on the page
     * @param group of the WebJar
     * @param artifact of the WebJar
     * @param path in the library's folder
     */
    record Library(String name, String group, String artifact, String path) {}
}
