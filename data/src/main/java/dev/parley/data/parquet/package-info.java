/**
 * Reads tables in Parquet, the form in which the hub keeps data sets. Start with {@link dev.parley.data.parquet.ParquetFile}.
 *
 * <pre>{@code
 * ParquetFile.read(Path.of("test-00000-of-00001.parquet"), row -> System.out.println(row)); // {"question":"…"}
 * }</pre>
 *
 * {@code CompactThrift} reads the footer, {@code ColumnPages} the levels and values of a column, and {@code RowAssembler} puts rows
 * together again (Melnik et al. 2010, Proc. VLDB Endow. 3, 330). There is no native library in it; what it does not read it
 * names. A page of each column is in memory at a time, so that a file may have any size.
 */
package dev.parley.data.parquet;
