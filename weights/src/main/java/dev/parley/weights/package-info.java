/**
 * Weight files: named tensors on the disk. {@link dev.parley.weights.WeightFiles} finds those of a model folder and
 * opens them as a {@link dev.parley.weights.WeightSource}, whatever their form: safetensors, PyTorch's pickles, GGUF, and
 * TensorFlow's HDF5 files and checkpoints of GPT-2. {@link dev.parley.weights.SafetensorsFolder} writes. Start with
 * {@code Safetensors}, the form that Parley itself writes.
 *
 * <pre>{@code
 * try (var weights = WeightFiles.open(Path.of("gpt2"))) {
 *     for (var name : weights.names()) System.out.println(name + " " + weights.info(name).shapeText());
 * }
 * }</pre>
 *
 * Files come from strangers: everything is checked before it is used, a fault is one sentence that names file and tensor,
 * and nothing in a file can run code or take memory beyond the file's own size.
 */
package dev.parley.weights;
