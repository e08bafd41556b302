package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatRows;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The conversations of a recipe as rows to train on.
 *
 * @param length tokens of a row at most
 * @param notes hears what of the files is left out
 */
record TrainingFiles(Tokenizer tokenizer, int length, Consumer<String> notes) {

    Dataset dataset(List<Path> files) throws IOException {
        return Dataset.of(Packing.pack(chats(files), length));
    }

    private List<TrainingRow> chats(List<Path> files) throws IOException {
        var template = tokenizer.chatTemplate().orElseThrow();
        var all = ChatFiles.chats(files);
        var rows = all.stream().flatMap(chat -> ChatRows.row(tokenizer, template, conversation(template, chat), length).stream()).toList();
        if (rows.size() < all.size()) {
            notes.accept((all.size() - rows.size()) + " of " + all.size() + " conversations are left out: longer than " + length
                    + " tokens, or without an answer.");
        }
        if (rows.isEmpty()) throw new IllegalArgumentException(files + ": no conversation fits into " + length + " tokens.");
        return rows;
    }

    /** As the server gives one to the model, tools and calls above all: what is trained on is what will be asked. */
    static ChatTemplateInput conversation(ChatTemplate template, Chat chat) {
        var tools = chat.tools().stream().map(definition -> new Tool(definition.path("function").path("name").asText(), definition))
                .toList();
        return ToolTemplate.of(template).conversation(chat.messages(), tools, chat.variables()).withGenerationPrompt(false);
    }
}
