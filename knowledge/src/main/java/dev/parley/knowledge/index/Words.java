package dev.parley.knowledge.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/** The terms of texts in each language, and the words of questions that say nothing of what they are about. */
final class Words implements AutoCloseable {

    /** English function words beyond Lucene's, as the stemmer leaves them, and those of requests. */
    private static final Set<String> ENGLISH = words("""
            i me my mine we us our you your he him his she her it its they them am is ar were wa been be do doe did done doing can could
            mai might must shall should will would have ha had get got what when where which who whom whose why how ani some pleas tell
            know want need there here about from up out than too veri just so if not no ye hi hello thank much mani long on of to in at by
            let give ask help possibl happen kind sort thing someth anyth""");

    /** The same of Chinese, as smartcn cuts them. */
    private static final Set<String> CHINESE = words("""
            的 了 吗 呢 吧 啊 呀 是 在 我 我们 你 你们 您 他 她 它 他们 自己 怎么 怎样 怎么样 如何 什么 哪 哪里 哪些 哪个 哪儿 谁 为什么 多少 几 多久 多 可以
            能 能否 能够 会 要 想 应该 应当 请 请问 有 没有 没 和 与 或 或者 及 也 都 就 还 还是 这 那 这个 那个 个 不 吗 得 地 着 过 把 被 给 对 从 到 向 用
            是否 需要 必须 一下 一个 么 么样 办 怎么办 时候 时 如果 的话 后 里 上 下 吧 告诉 知道 帮 帮忙 您好 你好 谢谢 种 些 很 最 更 才 再 又""");

    private static Set<String> words(String list) {
        return Set.copyOf(Arrays.asList(list.strip().split("\\s+")));
    }

    private final Map<Language, Analyzer> analyzers = new EnumMap<>(Language.class);

    Words() {
        for (var language : Language.values()) analyzers.put(language, language.newAnalyzer());
    }

    /** An analyser that looks at the end of a field's name for the language. */
    Analyzer byField() {
        return new DelegatingAnalyzerWrapper(Analyzer.PER_FIELD_REUSE_STRATEGY) {
            @Override
            protected Analyzer getWrappedAnalyzer(String field) {
                return analyzers.get(Fields.languageOf(field));
            }
        };
    }

    /** The terms of a text, each once, in their order. */
    Set<String> terms(Language language, String text) {
        var terms = new LinkedHashSet<String>();
        try (var stream = analyzers.get(language).tokenStream("", text)) {
            var term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken()) terms.add(term.toString());
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return terms;
    }

    /** The terms of a question that say what it is about; all of them where none does. */
    Set<String> contentTerms(Language language, String question) {
        var all = terms(language, question);
        var content = new LinkedHashSet<>(all);
        content.removeIf(term -> ENGLISH.contains(term) && language != Language.DE || CHINESE.contains(term));
        return content.isEmpty() ? all : content;
    }

    @Override
    public void close() {
        analyzers.values().forEach(Analyzer::close);
    }
}
