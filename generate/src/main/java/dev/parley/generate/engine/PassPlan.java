package dev.parley.generate.engine;

import dev.parley.generate.strategy.Branch;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Output;
import dev.parley.model.InferenceSession.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which sequences are fed how many tokens in the next pass. Those that wait for their next tokens come first, then pieces of
 * prompts in the order of joining.
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

    /** A sequence with what is fed to it, and what came of it. */
    static final class Planned {

        private final Sequence sequence;
        private final List<Branch> branches = new ArrayList<>();
        private final List<Feed> feeds = new ArrayList<>();
        private boolean last; // all is read then
        private int fresh;
        private Optional<RuntimeException> failure = Optional.empty();

        Planned(Sequence sequence) {
            this.sequence = sequence;
        }

        private void add(Branch branch, int count, Scored scored) {
            branches.add(branch);
            feeds.add(new Feed(branch.cache(), branch.next(count), scored, sequence.strategy().readsStates()));
        }

        Sequence sequence() {
            return sequence;
        }

        List<Feed> feeds() {
            return feeds;
        }

        int blocks() {
            var blocks = 0;
            for (var feed : feeds) blocks += PrefixCache.blocksFor(feed.sequence(), feed.ids().length);
            return blocks;
        }

        /** New tokens that it has. */
        int fresh() {
            return fresh;
        }

        Optional<RuntimeException> failure() {
            return failure;
        }

        /** Takes what came of its feeds. */
        void take(List<Output> outputs) {
            try {
                for (int i = 0; i < feeds.size(); i++) {
                    var read = feeds.get(i).ids().length;
                    sequence.read(branches.get(i), branches.get(i).cache().length() - read, outputs.get(i));
                }
                if (last) fresh = sequence.choose(outputs);
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }

        private void fail(Throwable cause) {
            failure = Optional.of(switch (cause) {
                case RuntimeException e -> e;
                case StackOverflowError e -> new IllegalStateException("The grammar nests too deeply.", e); // a grammar's
                default -> new IllegalStateException("Generation failed: " + cause, cause);
            });
        }
    }

    /**
     * One that cannot be prepared is there too, with its failure and no feeds.
     *
     * @param unready sequences whose grammar has not yet said what may come next: they are fed no last token, and hold up no others
     */
    List<Planned> plan(RunningSequences running, Set<Sequence> unready) {
        var width = 0;
        for (var sequence : running.all()) {
            if (sequence.isDecoding()) width += sequence.width();
        }
        var most = session.maxTokensPerPass();
        var draftRoom = running.size() == 1 ? most - width : 0; // with several sequences a pass is no longer short of work
        var room = width == 0 ? most : Math.min(most - width, prefillTokens);
        var planned = new ArrayList<Planned>();
        for (var sequence : running.all()) {
            var next = planned(sequence, running, !unready.contains(sequence), draftRoom, room);
            if (next.feeds.isEmpty() && next.failure.isEmpty()) continue;
            if (!next.last || next.feeds.size() == 1 && next.feeds.getFirst().ids().length > sequence.strategy().lastTokens())
                room -= tokens(next);
            planned.add(next);
        }
        return planned;
    }

    private static int tokens(Planned planned) {
        var tokens = 0;
        for (var feed : planned.feeds) tokens += feed.ids().length;
        return tokens;
    }

    private Planned planned(Sequence sequence, RunningSequences running, boolean ready, int draftRoom, int room) {
        var strategy = sequence.strategy();
        var planned = new Planned(sequence);
        try {
            if (ready) strategy.prepare(draftRoom);
        } catch (RuntimeException | Error e) { // by its grammar for one: no other sequence may suffer from it
            planned.fail(e);
            return planned;
        }
        openBranches(sequence, running);
        if (sequence.isDecoding()) {
            if (!ready) return planned;
            planned.last = true;
            var scored = strategy.lastTokens() > 1 || sequence.asksForPrompt() ? Scored.ALL : Scored.LAST;
            for (var branch : sequence.branches()) {
                if (branch.pending() > 0) planned.add(branch, branch.pending(), scored);
            }
            return planned;
        }
        if (sequence.branches().size() == 1) addPiece(planned, sequence.branches().getFirst(), ready, room);
        else addPieces(planned, room);
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

    /** The next piece of the only branch, its last token with it where that is in reach. */
    private void addPiece(Planned planned, Branch branch, boolean ready, int room) {
        var asksForPrompt = planned.sequence.asksForPrompt();
        var atOnce = !asksForPrompt && branch.cache().length() == 0 && branch.pending() >= session.readsAtOnceFrom()
                && !planned.sequence.strategy().readsStates();
        var count = atOnce ? branch.pending() : Math.min(asksForPrompt ? Math.min(SCORED_TOKENS, room) : room, branch.pending());
        planned.last = count == branch.pending();
        if (count <= 0 || planned.last && !ready) return;
        planned.add(branch, count, asksForPrompt ? Scored.ALL : planned.last ? Scored.LAST : Scored.NONE);
    }

    /** What several branches have to read again, but for their last tokens, which are read together. */
    private static void addPieces(Planned planned, int room) {
        for (var branch : planned.sequence.branches()) {
            if (!branch.isOpen()) return; // nor is any after it
            var count = Math.min(room, branch.pending() - 1);
            if (count <= 0) continue;
            planned.add(branch, count, Scored.NONE);
            room -= count;
        }
    }
}
