package dev.parley.model;

import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.Activations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The branch of a layer with experts: each token asks the few that the router scores highest. Tokens that ask the same expert are one
 * product with it, so that only the weights of experts that are asked are read, and each once. A token's sum is taken in the order of its
 * scores, and does not depend on the other tokens.
 */
final class ExpertsPass {

    private ExpertsPass() {}

    /**
     * What is asked of one expert.
     *
     * @param tokens that ask it
     * @param arranged their vectors for its first products
     * @param arrangedInner for the last
     * @param inner between the products, (tokens, up)
     * @param out its results, (tokens, C)
     */
    private record Group(RunnerWeights.Mlp expert, int[] tokens, float[][] arranged, float[][] arrangedInner, float[] inner, float[] out) {}

    /**
     * Who asks whom.
     *
     * @param chosen for each token, number of the group of each expert that it asks, the highest score first
     * @param places where in the group the token is
     * @param shares what the expert's result is multiplied by
     */
    record Plan(List<Group> groups, int[][] chosen, int[][] places, float[][] shares) {

        static Plan of(RunnerWeights.Experts layer, int n, RunnerBuffers b) {
            int experts = layer.experts().size(), k = layer.spec().topK();
            int[][] chosen = new int[n][], places = new int[n][k];
            var shares = new float[n][];
            var counts = new int[experts];
            for (int t = 0; t < n; t++) {
                var scores = Arrays.copyOfRange(b.inner, t * experts, (t + 1) * experts);
                Activations.add(scores, 0, layer.router().first().bias(), 0, layer.router().first().bias().length);
                chosen[t] = layer.spec().chosen(scores, 0);
                shares[t] = shares(scores, chosen[t], layer.spec().normTopKProb());
                for (int i = 0; i < k; i++) places[t][i] = counts[chosen[t][i]]++;
            }
            var groups = new ArrayList<Group>();
            var groupOf = new int[experts];
            for (int e = 0; e < experts; e++) {
                if (counts[e] == 0) continue;
                groupOf[e] = groups.size();
                groups.add(group(layer.experts().get(e), counts[e]));
            }
            for (int t = 0; t < n; t++) {
                for (int i = 0; i < k; i++) {
                    chosen[t][i] = groupOf[chosen[t][i]];
                    groups.get(chosen[t][i]).tokens[places[t][i]] = t;
                }
            }
            return new Plan(groups, chosen, places, shares);
        }

        private static Group group(RunnerWeights.Mlp expert, int tokens) {
            return new Group(expert, new int[tokens], expert.up().inputs(tokens), expert.down().inputs(tokens),
                    new float[tokens * expert.up().size()], new float[tokens * expert.down().size()]);
        }

        private static float[] shares(float[] scores, int[] chosen, boolean normTopKProb) {
            var highest = scores[chosen[0]];
            var shares = new float[chosen.length];
            double sum = 0, all = 0;
            for (int i = 0; i < shares.length; i++) sum += Math.exp(scores[chosen[i]] - highest);
            for (var score : scores) all += Math.exp(score - highest);
            for (int i = 0; i < shares.length; i++)
                shares[i] = (float) (Math.exp(scores[chosen[i]] - highest) / (normTopKProb ? sum : all));
            return shares;
        }
    }

    /**
     * Leaves the branch's result in {@code b.branch}. All members of the team call it.
     *
     * @param b with the scores of the router in {@code inner}, (N, experts), and what the branch reads in {@code normed}
     */
    static void run(RunnerWeights.Experts layer, int n, RunnerBuffers b, ThreadTeam team, int member) {
        var c = layer.router().first().weight().columns();
        team.share(1, only -> b.experts = Plan.of(layer, n, b));
        team.barrier();
        var plan = b.experts;
        var groups = plan.groups;
        team.share(groups.size(), g -> {
            var group = groups.get(g);
            for (int i = 0; i < group.tokens.length; i++)
                arrange(group.expert.up(), b.normed, group.tokens[i] * c, group.arranged, i, group.tokens.length);
            b.squares.ifPresent(squares -> {
                for (var token : group.tokens) squares.add(group.expert.up(), b.normed, token * c, 0, 1);
            });
        });
        team.barrier();
        multiply(groups, true, b, team, member);
        team.share(groups.size(), g -> {
            var group = groups.get(g);
            var stride = group.expert.up().size();
            for (int i = 0; i < group.tokens.length; i++) JavaRunner.activate(group.expert, group.inner, i * stride);
            for (int i = 0; i < group.tokens.length; i++)
                arrange(group.expert.down(), group.inner, i * stride, group.arrangedInner, i, group.tokens.length);
            b.squares.ifPresent(squares -> squares.add(group.expert.down(), group.inner, 0, stride, group.tokens.length));
        });
        team.barrier();
        multiply(groups, false, b, team, member);
        team.share(n, t -> sum(plan, t, b.branch, t * c, c));
        team.barrier();
    }

    private static void arrange(RunnerWeights.SideBySide products, float[] x, int xAt, float[][] into, int i, int tokens) {
        for (int form = 0; form < into.length; form++) products.forms().get(form).arrange(x, xAt, into[form], i, tokens);
    }

    /** The products of all groups as one list of parts. @param up the first ones, else the last */
    private static void multiply(List<Group> groups, boolean up, RunnerBuffers b, ThreadTeam team, int member) {
        var parts = 0;
        for (var group : groups) for (var p : products(group, up).projections()) parts += p.weight().parts();
        team.share(parts, part -> {
            for (var group : groups) {
                var products = products(group, up);
                var at = 0;
                for (int i = 0; i < products.projections().size(); i++) {
                    var weight = products.projections().get(i).weight();
                    if (part < weight.parts()) {
                        var arranged = (up ? group.arranged : group.arrangedInner)[products.formOf().get(i)];
                        weight.multiply(part, arranged, group.tokens.length, up ? group.inner : group.out, at, products.size(),
                                b.scratch[member]);
                        return;
                    }
                    part -= weight.parts();
                    at += weight.rows();
                }
            }
        });
        team.barrier();
    }

    private static RunnerWeights.SideBySide products(Group group, boolean up) {
        return up ? group.expert.up() : group.expert.down();
    }

    private static void sum(Plan plan, int token, float[] into, int at, int c) {
        Arrays.fill(into, at, at + c, 0);
        for (int i = 0; i < plan.chosen[token].length; i++) {
            var group = plan.groups.get(plan.chosen[token][i]);
            var from = plan.places[token][i] * c;
            var share = plan.shares[token][i];
            var bias = group.expert.down().first().bias();
            for (int d = 0; d < c; d++) into[at + d] += share * (group.out[from + d] + (bias.length == 0 ? 0 : bias[d]));
        }
    }
}
