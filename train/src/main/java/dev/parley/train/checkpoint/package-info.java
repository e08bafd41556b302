/**
 * What a run needs to go on exactly where it was, in folders {@code checkpoint-STEP}. Start with
 * {@link dev.parley.train.checkpoint.Stateful}: a checkpoint is a folder of such parts, each of which saves and loads itself, and of
 * {@link dev.parley.train.checkpoint.TrainerState}, which is written last.
 *
 * <pre>{@code
 * var last = Checkpoints.last(Path.of("out"));                        // out/checkpoint-1200
 * var step = TrainerState.read(last.orElseThrow()).step();            // 1200
 * }</pre>
 *
 * {@link dev.parley.train.checkpoint.Checkpoints} are the folders, which come and go by one rename each;
 * {@link dev.parley.train.checkpoint.Beginning} decides where a run begins, {@link dev.parley.train.checkpoint.Saving} when it saves and
 * what stays, and {@link dev.parley.train.checkpoint.TrainingIdentity} what a run must share with a checkpoint to go on from it.
 */
package dev.parley.train.checkpoint;
