package dev.parley.eval.scoring;

/**
 * Tokens that are to be scored after others. Where both are longer than the model's context holds, the first tokens are left out.
 *
 * @param context at least one token
 * @param ids at least one token
 */
public record Continuation(int[] context, int[] ids) {

    public Continuation {
        if (context.length == 0 || ids.length == 0)
            throw new IllegalArgumentException("A continuation and what it continues have at least one token each.");
    }
}
