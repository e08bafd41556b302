package dev.parley.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.hub.HubException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What the hub says of a model, none of which is checked against its files.
 *
 * @param commit that the revision stands for now; empty in results of a search
 * @param files of the revision; empty in results of a search
 * @param license by its short name, such as apache-2.0
 * @param gated whether its files are for those only who have accepted its terms
 * @param modelType of its config.json
 * @param ggufArchitecture of its GGUF files
 * @param parameters of its safetensors or GGUF files, as the hub has counted them
 * @param tags such as the formats and libraries that it is for
 */
public record ModelListing(String id, Optional<String> commit, List<File> files, Optional<String> license, boolean gated, long downloads,
        long likes, Optional<String> modelType, Optional<String> ggufArchitecture, OptionalLong parameters, List<String> tags) {

    private static final int MOST_TAGS = 1_000;

    /**
     * A file of a model.
     *
     * @param name its path there
     * @param size in bytes, where the hub says it
     */
    public record File(String name, OptionalLong size) {}

    public ModelListing {
        files = List.copyOf(files);
        tags = List.copyOf(tags);
    }

    /** The names of its files. */
    List<String> names() {
        return files.stream().map(File::name).toList();
    }

    /** The size of a file, where the hub says it. */
    public OptionalLong size(String file) {
        return files.stream().filter(f -> f.name().equals(file)).map(File::size).findFirst().orElse(OptionalLong.empty());
    }

    /** The commit, which an answer about one model must have. */
    String requireCommit(HubModel model) {
        return commit.orElseThrow(() -> new HubException(Reason.DAMAGED,
                model + ": the answer tells neither commit nor files; is HF_ENDPOINT the address of a hub?"));
    }

    /** Reads what the hub answers of one model, or of one in a list; what is of another kind than it should be counts as not said. */
    static ModelListing of(JsonNode json) {
        var siblings = json.path("siblings");
        var files = new ArrayList<File>();
        for (var file : siblings) files.add(new File(file.path("rfilename").asText(""), whole(file.path("size"))));
        var tags = new ArrayList<String>();
        for (var tag : json.path("tags")) if (tag.isTextual() && tags.size() < MOST_TAGS) tags.add(shown(tag.textValue()));
        var parameters = whole(json.path("safetensors").path("total"));
        var gated = json.path("gated"); // false, or the way in which it is opened: "auto", "manual"
        return new ModelListing(shown(json.path("id").asText("")),
                Optional.of(json.path("sha").asText("")).filter(sha -> HubModel.isCommit(sha) && siblings.isArray()), files,
                license(json, tags),
                gated.isTextual() || gated.asBoolean(false), whole(json.path("downloads")).orElse(0), whole(json.path("likes")).orElse(0),
                text(json.path("config").path("model_type")), text(json.path("gguf").path("architecture")),
                parameters.isPresent() ? parameters : whole(json.path("gguf").path("total")), tags);
    }

    /** Of the model's card, else of the tag that the hub makes of it. */
    private static Optional<String> license(JsonNode json, List<String> tags) {
        var said = json.path("cardData").path("license");
        var named = json.path("cardData").path("license_name"); // of one that the hub has no name for
        var card = text(said.isArray() ? said.path(0) : said).filter(Predicate.not("other"::equals));
        return card.or(() -> text(named)).or(() -> text(said)).or(
                () -> tags.stream().filter(tag -> tag.startsWith("license:")).map(tag -> tag.substring("license:".length())).findFirst());
    }

    private static OptionalLong whole(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 0 ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    private static Optional<String> text(JsonNode text) {
        return Optional.ofNullable(text.textValue()).filter(Predicate.not(String::isBlank)).map(ModelListing::shown);
    }

    /** Without what a terminal would obey, and not endless. */
    static String shown(String text) {
        var clean = text.replaceAll("\\p{C}", "?");
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "…";
    }
}
