/**
 * The commands about who may call a server: {@link dev.parley.cli.accounts.UsersCommand} and
 * {@link dev.parley.cli.accounts.KeysCommand}, each the parent of its subcommands. They work on the server's data, whether it
 * runs or not.
 *
 * <pre>{@code
 * ./parley users add ada
 * ./parley keys create laptop --user ada --expires 30d
 * ./parley keys list
 * }</pre>
 */
package dev.parley.cli.accounts;
