package dev.parley.serve.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How answers are shown, and what they can not do. */
class MarkdownTest extends PageTest {

    private static final String RICH = """
            # A title

            Some **bold**, *slanted* and `plain` words, and $x^2 + \\frac{1}{2}$ in line; it costs $5 and $6.

            $$
            \\sum_{i=1}^n i = \\frac{n(n+1)}{2}
            $$

            | left | right |
            |:-----|------:|
            | a    | 1     |

            ```java
            int answer = 42; // all
            ```

            1. one
               - nested
            2. two

            - [x] done

            > said

            [a link](https://example.org/x)
            """;

    /** Makes the text grow in a piece of the page, and gives what came of it. */
    private static final String GROW = """
            async ([text, step]) => {
                const base = document.querySelector('script[type=module]').src.replace('app.js', '');
                const { Writing } = await import(base + 'writing.js');
                const dress = await import(base + 'dress.js');
                await Promise.all([dress.loadHighlighter(), dress.loadTypesetter()]);
                const root = document.createElement('div');
                document.body.append(root);
                const writing = new Writing(root);
                let first = null, replaced = 0;
                for (let end = step; end < text.length; end += step) {
                    writing.show(text.slice(0, end), false);
                    if (first && root.firstElementChild !== first) replaced++;
                    first = root.firstElementChild;
                }
                writing.show(text, true);
                const grown = root.innerHTML;
                writing.again();
                const atOnce = root.innerHTML;
                root.remove();
                return { grown, atOnce, replaced };
            }""";

    @Test
    void tablesListsCodeAndFormulasAreSet() {
        open();
        openAnswered("Show all", RICH);
        var body = lastAnswer().locator(".turn-body");
        assertThat(body.locator("h1")).hasText("A title");
        assertThat(body.locator("table td").nth(1)).hasText("1");
        assertThat(body.locator(".katex")).hasCount(2);
        assertThat(body.locator(".math[data-display=true] .katex-display")).hasCount(1);
        assertThat(body).containsText("it costs $5 and $6.");
        assertThat(body.locator("code .hljs-number")).hasText("42");
        assertThat(body.locator("ol > li > ul > li")).hasText("nested");
        assertThat(body.locator("input[type=checkbox]")).isChecked();
        assertThat(body.locator("blockquote")).hasText("said");
        assertThat(body.locator("a")).hasAttribute("rel", "noopener noreferrer");
        assertThat(body.locator("a")).hasAttribute("target", "_blank");
    }

    @Test
    void codeIsCopiedWithoutItsFrame() {
        open();
        openAnswered("Code", "```\nfirst line\n  second\n```");
        lastAnswer().locator(".code").getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Copy")).click();
        page.waitForFunction("async () => await navigator.clipboard.readText() === 'first line\\n  second'");
    }

    @Test
    void librariesForCodeAndFormulasComeOnlyWhenTheyAreNeeded() {
        var asked = new ArrayList<String>();
        open();
        page.onRequest(request -> asked.add(request.url()));
        openAnswered("Plain", "No code and no formula.");
        assertThat(lastAnswer().locator("p")).isVisible();
        assertTrue(asked.stream().noneMatch(url -> url.contains("/lib/")), asked.toString());
        openAnswered("Formula", "$e^{i\\pi}$");
        assertThat(lastAnswer().locator(".katex")).isVisible();
        assertTrue(asked.stream().anyMatch(url -> url.endsWith("/lib/katex.js")));
        assertTrue(asked.stream().noneMatch(url -> url.endsWith("/lib/highlight.js")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17})
    void aGrowingTextEndsAsOneThatCameAtOnce(int step) {
        open();
        @SuppressWarnings("unchecked")
        var shown = (Map<String, Object>) page.evaluate(GROW, List.of(RICH, step));
        assertEquals(shown.get("atOnce"), shown.get("grown"));
        assertEquals(0, ((Number) shown.get("replaced")).intValue(), "what stands is not made anew while more comes");
    }

    @Test
    void marksThatAreNotClosedYetDoNotShow() {
        open();
        var shown = page.evaluate("""
                async () => {
                    const { mended, blocks, render } = await import(document.querySelector('script[type=module]').src.replace('app.js', 'markdown.js'));
                    const html = text => { const found = blocks(mended(text)); return found.map(b => render(b, found.links)?.outerHTML ?? '').join(''); };
                    return ['a **bo', 'a **bold*', 'a `co', 'see [the li](https://exa', '```java\\nint **x'].map(html);
                }""");
        var all = (List<?>) shown;
        assertEquals("<p>a <strong>bo</strong></p>", all.get(0));
        assertEquals("<p>a <strong>bold</strong></p>", all.get(1));
        assertEquals("<p>a <code>co</code></p>", all.get(2));
        assertEquals("<p>see the li</p>", all.get(3));
        assertTrue(all.get(4).toString().contains("int **x"), all.get(4).toString());
    }

    /** Texts and what is to be seen of them, from reports on other pages and from what models write in Chinese and Japanese. */
    private static final List<List<String>> SEEN = List.of(
            List.of("5~7U 保证金 × 100~200倍杠杆", "5~7U 保证金 × 100~200倍杠杆"),
            List.of("(~2000 lines) … (~5000 lines)", "(~2000 lines) … (~5000 lines)"),
            List.of("takes ~3~5 minutes", "takes ~3~5 minutes"),
            List.of("（0.3~8mm）…（0.3~4.5mm）", "（0.3~8mm）…（0.3~4.5mm）"),
            List.of("$100~$200、€5~€7、10%~20%", "$100~$200、€5~€7、10%~20%"),
            List.of("~~gone~~ 1~2", "<del>gone</del> 1~2"),
            List.of("**历经10年发展，**年", "<strong>历经10年发展，</strong>年"),
            List.of("这是**「重点」**内容", "这是<strong>「重点」</strong>内容"),
            List.of("他说**“你好”**然后走了", "他说<strong>“你好”</strong>然后走了"),
            List.of("**重要：**注意*（注）*另", "<strong>重要：</strong>注意<em>（注）</em>另"),
            List.of("価格は**$100**です", "価格は<strong>$100</strong>です"),
            List.of("これは**「強調」**です。**終わり。**次", "これは<strong>「強調」</strong>です。<strong>終わり。</strong>次"),
            List.of("**「A」**と**「B」**", "<strong>「A」</strong>と<strong>「B」</strong>"),
            List.of("请看**`code`**的", "请看<strong><code>code</code></strong>的"),
            List.of("完成了**很好🎉**继续", "完成了<strong>很好🎉</strong>继续"),
            List.of("**'문서'**를", "<strong>'문서'</strong>를"),
            List.of("***重点。***然后", "<em><strong>重点。</strong></em>然后"),
            List.of("**甲**乙**「丙」**丁", "<strong>甲</strong>乙<strong>「丙」</strong>丁"),
            List.of("not ** bold ** here, but **bold** and *so*", "not ** bold ** here, but <strong>bold</strong> and <em>so</em>"),
            List.of("2*3=6，4*5=20; 2**3=8, 3**2=9", "2*3=6，4*5=20; 2**3=8, 3**2=9"),
            List.of("**2*3**=6", "<strong>2*3</strong>=6"),
            List.of("__init__.py, __main__ and __bold text__", "__init__.py, __main__ and <strong>bold text</strong>"),
            List.of("snake_case_name /a/b_c/d_e *.txt and *.md", "snake_case_name /a/b_c/d_e *.txt and *.md"),
            List.of("`a*b*c` and `5~7~9`", "<code>a*b*c</code> and <code>5~7~9</code>"),
            List.of("花了$100（约￥700），而$是美元", "花了$100（约￥700），而$是美元"),
            List.of("it costs $5 to $6, or US$100", "it costs $5 to $6, or US$100"),
            List.of("C:\\Users\\me 和 /usr/*/lib", "C:\\Users\\me 和 /usr/*/lib"));

    private static final String PARAGRAPHS = """
            async texts => {
                const { blocks, render } = await import(document.querySelector('script[type=module]').src.replace('app.js', 'markdown.js'));
                return texts.map(text => { const found = blocks(text); return found.map(b => render(b, found.links)?.innerHTML ?? '').join(''); });
            }""";

    @Test
    void whatIsSeenIsWhatTheAnswerSays() {
        open();
        var shown = (List<?>) page.evaluate(PARAGRAPHS, SEEN.stream().map(List::getFirst).toList());
        for (int i = 0; i < SEEN.size(); i++) assertEquals(SEEN.get(i).getLast(), shown.get(i), SEEN.get(i).getFirst());
    }

    @Test
    void anAddressEndsBeforeChineseMarksAndAFormulaMayHoldWords() {
        open();
        var shown = (List<?>) page.evaluate(PARAGRAPHS, List.of("见https://example.com/a，然后。", "$\\text{面积}=a^2$"));
        assertTrue(
                shown.getFirst().toString().contains("href=\"https://example.com/a\"") && shown.getFirst().toString().endsWith("</a>，然后。"),
                shown.getFirst().toString());
        assertTrue(shown.getLast().toString().contains("class=\"math\""), shown.getLast().toString());
    }

    @Test
    void nothingThatAModelWritesRunsOrLoads() {
        var asked = new ArrayList<String>();
        open();
        page.onRequest(request -> asked.add(request.url()));
        page.evaluate("() => { window.evil = []; window.alert = what => window.evil.push(what); }");
        openAnswered("Be evil", """
                <script>window.evil.push('script')</script>

                <img src="x" onerror="window.evil.push('handler')"> <b onclick="window.evil.push('click')">bold</b>

                [click](javascript:window.evil.push('link')) [data](data:text/html,<script>evil.push(1)</script>) [case](JaVaScRiPt:alert(1))

                ![remote](https://example.org/pixel.png) ![local](/favicon.ico)

                <svg onload="window.evil.push('svg')"><a xlink:href="javascript:alert(1)">x</a></svg> <iframe src="https://example.org"></iframe>

                <a href="https://example.org" onmouseover="window.evil.push('over')">text</a> <style>body { display: none }</style>

                <form action="https://example.org"><input name="q"></form> <math><mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></mtext></math>

                $\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://example.org/a.png}$ $\\htmlData{x=y}{z}$

                | a | b |
                |---|---|
                | <img src=x onerror=alert(1)> | [x](vbscript:alert(1)) |

                ```html"onmouseover="alert(1)
                <script>window.evil.push('code')</script>
                ```
                """);
        var body = lastAnswer().locator(".turn-body");
        assertThat(body.locator(".code")).isVisible();
        assertThat(body.locator(".katex").first()).isVisible();
        assertThat(body.locator("script, img, svg:not(.icon), iframe, style, form, b, object, embed")).hasCount(0);
        var links = body.locator("a").evaluateAll("all => all.map(a => a.getAttribute('href'))");
        assertEquals(List.of("https://example.org/pixel.png"), links, "the picture is a link, and no other may be followed");
        var handlers = body
                .evaluate("b => [...b.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on')).length");
        assertEquals(0, handlers);
        body.locator("p").first().hover();
        assertEquals(List.of(), page.evaluate("() => window.evil"));
        assertTrue(asked.stream().allMatch(url -> url.startsWith(server.base())), asked.toString());
        assertThat(body).containsText("<script>window.evil.push('script')</script>");
    }

    @Test
    void whatAUserWritesIsShownAsText() {
        open();
        openAnswered("<img src=x onerror=alert(1)> **not bold**", "Fine.");
        assertThat(page.locator(".turn.user .turn-body")).hasText("<img src=x onerror=alert(1)> **not bold**");
        assertFalse(page.locator(".turn.user .turn-body *").count() > 0);
    }
}
