/** Letter to value. */
export type SshTokens = Readonly<Record<string, string>>;

/**
 * ssh_config(5), TOKENS, with `~` and `${NAME}` as in the names of files. What is not known stays as it is,
 * so that an error shows it.
 */
export function expandTokens(text: string, tokens: SshTokens, env: NodeJS.ProcessEnv): string {
  const home = tokens['d'] ?? '';
  return expandPercent(
    text
      .replace(/^~(?=\/|$)/, () => home)
      .replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole),
    tokens,
  );
}

/** The `%` tokens alone, as in ProxyCommand, where the shell does the rest. */
export const expandPercent = (text: string, tokens: SshTokens): string =>
  text.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
