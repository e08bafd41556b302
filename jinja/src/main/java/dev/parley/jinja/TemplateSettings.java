package dev.parley.jinja;

/**
 * How jinja2 is set where a template comes from.
 *
 * @param trimBlocks whether the line break after a block goes, and the white space before one at the start of a line
 * @param keepLastLineBreak whether a line break at the end of the template is written
 * @param strict whether it is an error to write, test or go through what is not there, where it else counts as nothing
 */
public record TemplateSettings(boolean trimBlocks, boolean keepLastLineBreak, boolean strict) {

    /** As transformers sets it for chat templates. */
    public static final TemplateSettings CHAT = new TemplateSettings(true, false, false);

    /** As lm-evaluation-harness sets it for prompts. */
    public static final TemplateSettings STRICT = new TemplateSettings(false, true, true);
}
