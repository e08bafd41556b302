/**
 * Whether a text threatens, demeans, or asks for harm: a first moderator, by rules. {@link dev.parley.assist.moderation.Moderator} is
 * where to start.
 *
 * <pre>{@code
 * Moderator moderator = RuleModerator.load();
 * var judged = moderator.judge("I will kill you");
 * judged.isFlagged(Category.HARASSMENT_THREATENING);   // true
 * }</pre>
 */
package dev.parley.assist.moderation;
