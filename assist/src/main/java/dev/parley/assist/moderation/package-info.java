/**
 * Whether a text threatens, demeans, or asks for harm: by a guard model ({@link dev.parley.assist.moderation.GuardModel}), and by rules
 * where there is none or it fails. {@link dev.parley.assist.moderation.Moderator} is where to start.
 *
 * <pre>{@code
 * Moderator moderator = RuleModerator.load();
 * var judged = moderator.judge("I will kill you");
 * judged.isFlagged(Category.HARASSMENT_THREATENING);   // true
 * }</pre>
 */
package dev.parley.assist.moderation;
