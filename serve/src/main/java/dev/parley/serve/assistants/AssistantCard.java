package dev.parley.serve.assistants;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.assist.LocalText;
import dev.parley.serve.assistants.ServedAssistants.Served;

/** What an assistant says of itself, as JSON: for lists of what a server offers. */
public final class AssistantCard {

    private AssistantCard() {}

    /** Its model, title, description, notice, languages, forms and opening questions. */
    public static ObjectNode of(Served served) {
        var assistant = served.open().assistant();
        var json = JsonNodeFactory.instance.objectNode().put("model", served.model());
        json.set("title", texts(assistant.title()));
        json.set("description", texts(assistant.description()));
        json.set("notice", texts(assistant.notice()));
        assistant.languages().forEach(json.putArray("languages")::add);
        assistant.forms().keySet().forEach(json.putArray("forms")::add);
        var titles = json.putObject("form_titles");
        assistant.forms().forEach((name, form) -> titles.set(name, texts(form.title())));
        var questions = json.putObject("opening_questions");
        assistant.openingQuestions().forEach((language, list) -> list.forEach(questions.withArray("/" + language)::add));
        return json;
    }

    /** By language; one text for all languages stands under {@code ""}. */
    private static ObjectNode texts(LocalText text) {
        var json = JsonNodeFactory.instance.objectNode();
        text.texts().forEach(json::put);
        return json;
    }
}
