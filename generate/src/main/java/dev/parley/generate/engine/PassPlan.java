package dev.parley.generate.engine;

import dev.parley.generate.strategy.Branch;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Shares out the tokens of the next pass. Sequences that wait for their next tokens come first, then pieces of prompts in the order of
 * joining.
 */
final class PassPlan {

    private static final int SCORED_TOKENS = 32; // of a prompt whose own probabilities are wanted: a row of the vocabulary's size for each

    private final InferenceSession session;
    private final int prefillTokens;

    /** @param prefillTokens of prompts in a pass, while other sequences wait for their next token */
    PassPlan(InferenceSession session, int prefillTokens) {
        this.session = session;
        this.prefillTokens = prefillTokens;
    }

    /**
     * Gives sequences their feeds. One that cannot be prepared is there too, with its failure and none.
     *
     * @param unready sequences whose grammar has not yet said what may come next: they are fed no last token, and hold up no others
     */
    List<Sequence> plan(RunningSequences running, Set<Sequence> unready) {
        var width = 0;
        for (var sequence : running.all()) {
            if (sequence.isDecoding()) width += sequence.width();
        }
        var most = session.maxTokensPerPass();
        var draftRoom = running.size() == 1 ? most - width : 0; // with several sequences a pass is no longer short of work
        var room = width == 0 ? most : Math.min(most - width, prefillTokens);
        var planned = new ArrayList<Sequence>();
        for (var sequence : running.all()) {
            var ready = !unready.contains(sequence);
            if (sequence.beginTurn(ready, draftRoom)) {
                openBranches(sequence, running);
                if (!sequence.isDecoding()) room -= feedPieces(sequence, ready, room);
                else if (ready) feedLastTokens(sequence);
            }
            if (sequence.takesPart()) planned.add(sequence);
        }
        return planned;
    }

    /** One branch after the other, each when what the one before has in common with it is read: it begins with the same blocks. */
    private static void openBranches(Sequence sequence, RunningSequences running) {
        for (var branch : sequence.branches()) {
            if (!branch.isOpen()) {
                running.keep(sequence);
                running.open(branch, sequence);
            }
            if (branch.pending() > sequence.strategy().lastTokens()) return;
        }
    }

    private static void feedLastTokens(Sequence sequence) {
        var scored = sequence.strategy().lastTokens() > 1 || sequence.asksForPrompt() ? Scored.ALL : Scored.LAST;
        for (var branch : sequence.branches()) {
            if (branch.pending() > 0) sequence.feed(branch, branch.pending(), scored);
        }
    }

    /** @return tokens of the room that they take */
    private int feedPieces(Sequence sequence, boolean ready, int room) {
        return sequence.branches().size() == 1 ? feedPiece(sequence, sequence.branches().getFirst(), ready, room)
                : feedAllButLast(sequence, room);
    }

    /** The next piece of the only branch, its last token with it where that is in reach. */
    private int feedPiece(Sequence sequence, Branch branch, boolean ready, int room) {
        var asksForPrompt = sequence.asksForPrompt();
        var atOnce = !asksForPrompt && branch.cache().length() == 0 && branch.pending() >= session.readsAtOnceFrom()
                && !sequence.strategy().readsStates();
        var count = atOnce ? branch.pending() : Math.min(asksForPrompt ? Math.min(SCORED_TOKENS, room) : room, branch.pending());
        var last = count == branch.pending();
        if (count <= 0 || last && !ready) return 0;
        sequence.feed(branch, count, asksForPrompt ? Scored.ALL : last ? Scored.LAST : Scored.NONE);
        return count;
    }

    /** What several branches have to read again, but for their last tokens, which are read together. */
    private static int feedAllButLast(Sequence sequence, int room) {
        var taken = 0;
        for (var branch : sequence.branches()) {
            if (!branch.isOpen()) return taken; // nor is any after it
            var count = Math.min(room - taken, branch.pending() - 1);
            if (count <= 0) continue;
            sequence.feed(branch, count, Scored.NONE);
            taken += count;
        }
        return taken;
    }
}
