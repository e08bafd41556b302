package dev.parley.tokenizer;

/**
 * Tokens and the part of the text that each was made from.
 *
 * @param ids token ids
 * @param starts where each begins, in chars of the text
 * @param ends where each ends; a token that is a part of a character has that character's place
 */
public record Encoding(int[] ids, int[] starts, int[] ends) {}
