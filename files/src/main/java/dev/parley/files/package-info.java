/**
 * Files that survive whatever happens while they are written. Start with {@link dev.parley.files.DurableFile}: all that Parley
 * writes goes through it, beside its place, synced, and renamed.
 *
 * <pre>{@code
 * DurableFile.write(folder.resolve("config.json"), bytes);   // whole, or as it was
 * FolderTree.delete(folder.resolve("checkpoint-100"));
 * }</pre>
 */
package dev.parley.files;
