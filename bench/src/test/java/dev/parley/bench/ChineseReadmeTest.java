package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChineseReadmeTest {

    private static final Pattern ENGLISH_MARK = Pattern.compile("\\p{IsHan}[,:;?!()]|[,:;?!()]\\p{IsHan}");

    @Test
    void sentencesHaveChinesePunctuation() throws IOException {
        var text = Files.readString(Repository.root().resolve("README.zh-CN.md")).replaceAll("(?s)```.*?```", "")
                .replaceAll("`[^`\n]*`|]\\([^)\n]*\\)", "");
        assertTrue(text.codePoints().filter(c -> c == '，').count() > 10);
        assertEquals(List.of(), text.lines().filter(line -> ENGLISH_MARK.matcher(line).find()).toList());
    }
}
