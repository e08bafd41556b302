package dev.parley.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.eval.harness.Request;
import dev.parley.eval.harness.Respondent;
import dev.parley.jinja.Inputs;
import dev.parley.jinja.Template;
import dev.parley.jinja.TemplateSettings;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A model that reads items and gives verdicts. What it is asked is a Jinja template over an item's fields; its verdict is what a regular
 * expression finds in what it says, the last match.
 *
 * @param model that answers
 * @param template of the question
 * @param verdict whose first group, or the whole where there is none, is the verdict
 * @param asPrompt puts the question into what the model reads, such as its chat template
 * @param maxNewTokens that the judge may say
 */
public record Judge(Respondent model, Template template, Pattern verdict, UnaryOperator<String> asPrompt, int maxNewTokens) {

    /** Asks whether an answer is right, good or bad. */
    public static final String DEFAULT_TEMPLATE = """
            Judge the answer to a question.

            Question: {{ prompt }}
            {% if reference is defined %}A right answer: {{ reference }}
            {% endif %}Answer: {{ answer }}

            Is the answer correct and helpful? Give a reason in one sentence, then write "Verdict: good" or "Verdict: bad".""";

    /** Finds "Verdict: good" and "Score: 4". */
    public static final String DEFAULT_VERDICT = "(?i)(?:verdict|score|rating)\\W{1,5}([\\p{L}\\d.]+)";

    /**
     * What the judge said of an item.
     *
     * @param verdict in lower case; empty where none was found
     */
    public record Verdict(ObjectNode item, String said, Optional<String> verdict) {}

    /** A question's template. */
    public static Template template(String source, String where) {
        return Template.parse(source, where, TemplateSettings.STRICT);
    }

    /**
     * The verdicts, in order.
     *
     * @param progress hears how many there are
     */
    public List<Verdict> verdicts(List<ObjectNode> items, Respondent.Listener progress) {
        var settings = JsonNodeFactory.instance.objectNode().put("max_gen_toks", maxNewTokens).put("do_sample", false);
        settings.putArray("until");
        var requests = new ArrayList<Request>();
        for (var item : items) requests.add(new Request.Generate(asPrompt.apply(question(item)), settings, 1));
        var verdicts = new Verdict[items.size()];
        model.respond(requests, (index, response) -> {
            var said = response.path(0).asText();
            verdicts[index] = new Verdict(items.get(index), said, verdict(said));
            progress.onResponse(index, response);
        });
        return Arrays.asList(verdicts);
    }

    private String question(JsonNode item) {
        var inputs = new Inputs();
        item.properties().forEach(p -> inputs.given(p.getKey(), p.getValue()));
        return template.render(inputs, LocalDateTime::now).text();
    }

    /** The last match: a judge may weigh other verdicts before. */
    Optional<String> verdict(String said) {
        var matcher = verdict.matcher(said);
        Optional<String> last = Optional.empty();
        while (matcher.find()) last = Optional.ofNullable(matcher.group(Math.min(1, matcher.groupCount())));
        return last.map(v -> v.strip().toLowerCase(Locale.ROOT)).map(v -> v.endsWith(".") ? v.substring(0, v.length() - 1) : v);
    }
}
