package dev.parley.serve.chat.running;

import dev.parley.assist.tools.Consent;
import dev.parley.assist.turn.TurnTools;
import dev.parley.knowledge.Passage;
import dev.parley.serve.chat.documents.ConversationDocuments;
import dev.parley.serve.chat.history.Conversation;
import dev.parley.serve.chat.tools.ConversationTools;
import dev.parley.tokenizer.Message;
import java.util.List;

/** What one conversation's answers stand on: its files, and the folders and tools that were chosen for it. */
public interface ConversationSources {

    /** Nothing. */
    ConversationSources NONE = new ConversationSources() {

        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public List<Passage> passages(String question, List<Message> history, String language) {
            return List.of();
        }

        @Override
        public TurnTools tools(String answer, ConversationTools.Asking asking) {
            return TurnTools.NONE;
        }
    };

    /** Whether there is nothing beside the model. */
    boolean isEmpty();

    /** Passages that a question is answered from, the best first. */
    List<Passage> passages(String question, List<Message> history, String language) throws InterruptedException;

    /**
     * What an answer may call.
     *
     * @param answer the message
     * @param asking is told when somebody's consent is waited for
     */
    TurnTools tools(String answer, ConversationTools.Asking asking);

    /** Those of a conversation. */
    static ConversationSources of(String owner, Conversation conversation, ConversationDocuments documents, ConversationTools tools) {
        var chosen = conversation.sources();
        return new ConversationSources() {

            @Override
            public boolean isEmpty() {
                return chosen.isEmpty() && !documents.has(conversation.id());
            }

            @Override
            public List<Passage> passages(String question, List<Message> history, String language) throws InterruptedException {
                return documents.relevant(owner, conversation.id(), chosen.knowledge(), question, history, language);
            }

            @Override
            public TurnTools tools(String answer, ConversationTools.Asking asking) {
                Consent consent = tools.consent(owner, conversation.id(), answer, asking);
                return new TurnTools(tools.of(chosen.tools()), consent);
            }
        };
    }
}
