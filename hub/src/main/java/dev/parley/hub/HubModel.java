package dev.parley.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a model at the hub, and which revision and which of its GGUF files is meant.
 *
 * <pre>{@code
 * HubModel.parse("Qwen/Qwen2.5-0.5B-Instruct@main").cacheFolder();   // models--Qwen--Qwen2.5-0.5B-Instruct
 * HubModel.parse("Qwen/Qwen2.5-0.5B-Instruct-GGUF:Q4_K_M").quantization();   // Q4_K_M
 * }</pre>
 *
 * @param id {@code org/name}, or {@code name} alone for the oldest ones, such as gpt2
 * @param revision a branch, a tag or a commit; {@value #DEFAULT_REVISION} where none is said
 * @param quantization how the numbers of a GGUF file are kept, as its name has it; empty where none is said
 */
public record HubModel(String id, String revision, Optional<String> quantization) {

    /** The branch that is meant where none is said. */
    public static final String DEFAULT_REVISION = "main";

    private static final String WORD = "[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?";
    private static final Pattern ID = Pattern.compile("(?:" + WORD + "/)?" + WORD);
    private static final Pattern REVISION_PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}");
    private static final Pattern QUANTIZATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int LONGEST_REVISION = 200;

    /**
     * Checks both names, for they become part of paths and addresses.
     *
     * @throws HubException if either cannot be a name at the hub
     */
    public HubModel {
        if (!isId(id)) throw new HubException(HubException.Reason.NO_NAME,
                "\"" + shown(id) + "\" is no name of a model; names are org/name, org/name@revision or org/name:QUANT.");
        if (!isRevision(revision)) {
            throw new HubException(HubException.Reason.NO_NAME,
                    "\"" + shown(revision) + "\" is no revision of " + id + "; name a branch, a tag or a commit.");
        }
        if (quantization.isPresent() && !QUANTIZATION.matcher(quantization.get()).matches()) {
            throw new HubException(HubException.Reason.NO_NAME, "\"" + shown(quantization.get())
                    + "\" is no quantisation; name one as the model's GGUF files do, such as Q4_K_M.");
        }
    }

    /** A revision of a model, in the form that loads best. */
    public HubModel(String id, String revision) {
        this(id, revision, Optional.empty());
    }

    /**
     * A name with or without {@code :QUANT} and then {@code @revision}.
     *
     * @throws HubException if it cannot be one
     */
    public static HubModel parse(String text) {
        var at = text.indexOf('@');
        var name = at < 0 ? text : text.substring(0, at);
        var revision = at < 0 ? DEFAULT_REVISION : text.substring(at + 1);
        var colon = name.indexOf(':');
        return colon < 0 ? new HubModel(name, revision)
                : new HubModel(name.substring(0, colon), revision, Optional.of(name.substring(colon + 1)));
    }

    /** As {@link #parse}; nothing where the text cannot be a name. */
    public static Optional<HubModel> find(String text) {
        try {
            return Optional.of(parse(text));
        } catch (HubException e) {
            return Optional.empty();
        }
    }

    /** The name whose cache folder this is. */
    static Optional<HubModel> ofCacheFolder(String folder) {
        return folder.startsWith("models--") ? find(folder.substring("models--".length()).replace("--", "/")) : Optional.empty();
    }

    String cacheFolder() {
        return "models--" + id.replace("/", "--");
    }

    boolean isCommit() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    private static boolean isId(String text) {
        return ID.matcher(text).matches() && !text.contains("--") && !text.contains("..") && !text.endsWith(".git");
    }

    /** A branch may have slashes, as refs/pr/1 does; it becomes a path below {@code refs}, and must stay there. */
    private static boolean isRevision(String text) {
        if (text.isEmpty() || text.length() > LONGEST_REVISION || text.endsWith("/")) return false;
        for (var part : text.split("/", -1)) {
            if (!REVISION_PART.matcher(part).matches()) return false;
        }
        return true;
    }

    private static String shown(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }

    /** As it is typed: without the default revision. */
    @Override
    public String toString() {
        var name = id + quantization.map(q -> ":" + q).orElse("");
        return revision.equals(DEFAULT_REVISION) ? name : name + "@" + revision;
    }
}
