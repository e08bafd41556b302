package dev.parley.assist.automation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.jinja.Inputs;
import dev.parley.jinja.Template;
import dev.parley.jinja.TemplateException;
import java.time.LocalDateTime;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a prompt of each row: the template's variables are the columns, and {@code row} is all of them, for columns whose names are no
 * variables: {@code {{ row["unit price"] }}}. A row can do no more than fill these in; the template alone is run.
 */
public final class RowPrompts {

    private static final String ROW = "row";

    private final Template template;
    private final Set<String> needed;

    /**
     * @throws TableException if the template uses a column that the table does not have
     */
    public RowPrompts(Template template, Table table) {
        this.template = template;
        var names = new TreeSet<>(template.inputNames());
        names.remove(ROW);
        needed = Set.copyOf(names);
        names.removeAll(table.columns());
        if (!names.isEmpty()) {
            throw new TableException(template.where() + " uses " + String.join(", ", names) + ", which " + table.file()
                    + " has no column for; it has " + Table.named(table.columns()) + ".");
        }
    }

    /** The template's text. */
    public String source() {
        return template.source();
    }

    /**
     * @throws TemplateException naming the column that the row lacks, or the line of the template that goes wrong on it
     */
    String prompt(ObjectNode cells) {
        var inputs = new Inputs();
        if (!cells.has(ROW)) inputs.given(ROW, cells);
        for (var cell : cells.properties()) inputs.given(cell.getKey(), cell.getValue());
        for (var name : new TreeSet<>(needed)) {
            if (!cells.has(name)) throw new TemplateException("The column " + name + ", which the template uses, is not in this row.");
        }
        return template.render(inputs, LocalDateTime::now).text();
    }
}
