/**
 * The hub: models that others have published, by name. Start with {@link dev.parley.hub.Hub}, which turns a name
 * into a folder on the disk; {@link dev.parley.hub.HubCache} is that folder's place, in the layout that Python's
 * huggingface_hub has, so that both share what either has downloaded.
 *
 * <pre>{@code
 * Path folder = Hub.resolve("HuggingFaceTB/SmolLM2-135M-Instruct");       // downloads at first use
 * try (var model = CausalLM.fromPretrained(folder)) { ... }
 * var hub = Hub.of(Map.of("HF_HOME", "/data/hf", "HF_HUB_OFFLINE", "1")); // settings as the environment has them
 * for (var model : hub.cache().models()) System.out.println(model.id() + " " + model.bytes());
 * }</pre>
 *
 * A pull goes its way in this order: {@code HubClient} asks for the list of files, {@code NeededFiles} chooses those that
 * a model is made of, {@code Blob} fetches each (locked, resumed, its hash checked) and at the very end
 * {@code HubCache} links them into a snapshot, config.json last, so that what failed halfway never looks whole.
 * All that comes from the server is checked before it is used as a number or as the name of a file.
 */
package dev.parley.hub;
