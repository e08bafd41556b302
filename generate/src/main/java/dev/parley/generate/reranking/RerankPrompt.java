package dev.parley.generate.reranking;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Tokenizer;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a reranker reads: the task, the question, the document. What these say is plain text, whatever it looks like. */
public sealed interface RerankPrompt {

    /**
     * By a chat template that knows the roles {@code query} and {@code document}, and takes the task as {@code system}.
     *
     * @param instruction the task where nobody gives one; empty for the template's
     */
    record ByTemplate(ChatTemplate template, Optional<String> instruction) implements RerankPrompt {

        /** Whether a template is one for reranking. */
        static boolean isOne(ChatTemplate template) {
            return Stream.of("query", "document").allMatch(
                    role -> template.source().contains("'" + role + "'") || template.source().contains('"' + role + '"'));
        }

        @Override
        public int[] ids(Tokenizer tokenizer, Optional<String> task, String query, String document) {
            var messages = JsonNodeFactory.instance.arrayNode();
            task.or(() -> instruction).ifPresent(text -> messages.addObject().put("role", "system").put("content", text));
            messages.addObject().put("role", "query").put("content", query);
            messages.addObject().put("role", "document").put("content", document);
            return template.ids(tokenizer, ChatTemplateInput.of(messages).withGenerationPrompt(true));
        }
    }

    /**
     * As Qwen3-Reranker was trained, of which the three parts are encoded each by itself (Zhang et al. 2025, arXiv:2506.05176).
     *
     * @param instruction the task where nobody gives one
     */
    record OfQwen3(String instruction) implements RerankPrompt {

        /** The task that the model was mostly trained with. */
        static final String TASK = "Given a web search query, retrieve relevant passages that answer the query";

        private static final String BEFORE = "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query "
                + "and the Instruct provided. Note that the answer can only be \"yes\" or \"no\".<|im_end|>\n<|im_start|>user\n";
        private static final String AFTER = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";

        @Override
        public int[] ids(Tokenizer tokenizer, Optional<String> task, String query, String document) {
            var asked = "<Instruct>: " + task.orElse(instruction) + "\n<Query>: " + query + "\n<Document>: " + document;
            return Stream.of(tokenizer.encodeWithSpecialTokens(BEFORE), tokenizer.encode(asked), tokenizer.encodeWithSpecialTokens(AFTER))
                    .flatMapToInt(IntStream::of).toArray();
        }
    }

    /**
     * The tokens to read. Those of one question begin alike, whatever the document.
     *
     * @param task what makes a document a good one, in words; empty for the model's
     */
    int[] ids(Tokenizer tokenizer, Optional<String> task, String query, String document);
}
