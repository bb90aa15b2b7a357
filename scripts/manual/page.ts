import { COMMANDS, COMMON_OPTIONS } from '../../src/cli/commands-help.ts';
import type { OptionSpec } from '../../src/cli/commands-help.ts';
import { actions, handOvers } from '../../src/registry.ts';
import { keyedActions } from '../../src/ui/dialogs/help-lines.ts';
import { actionBindings, bindings } from '../../src/ui/keymap.ts';

/** roff(7): a backslash, and a dot or quote at the start of a line, mean something. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');

const tagged = (tag: string, text: string): string => `.TP\n.B ${roff(tag)}\n${roff(text)}`;
const option = (spec: OptionSpec): string =>
  tagged(`${spec.name}${spec.kind === 'flag' ? '' : ` ${spec.placeholder}`}`, spec.help);

/** The manual page, man(7). */
export function manualPage(): string {
  const groups = [...new Set(bindings.map(({ group }) => group))];
  return `${[
    '.TH LABTOP 1 "" "labtop" "User Commands"',
    '.SH NAME',
    'labtop \\- terminal console for OmniOS/illumos hosts and the Kubernetes cluster in their zones',
    '.SH SYNOPSIS',
    '.B labtop',
    '[\\fIcommand\\fR] [\\fIoptions\\fR]',
    '.SH COMMANDS',
    ...COMMANDS.map(({ name, about, summary }) => tagged(name, about.join(' ') || summary)),
    '.SH OPTIONS',
    ...COMMON_OPTIONS.map(option),
    ...COMMANDS.filter(({ options }) => options.length > 0).flatMap(({ name, options }) => [
      `.SS ${roff(name)}`,
      ...options.map(option),
    ]),
    '.SH KEYS',
    ...groups.flatMap((group) => [
      `.SS ${group}`,
      ...bindings
        .filter((binding) => binding.group === group)
        .map(({ keys, label }) => tagged(keys.join(' '), label)),
    ]),
    '.SS Shells, consoles and actions',
    ...keyedActions({ actions: actionBindings(actions, handOvers) }).map(
      ({ key, label, kinds, isHandOver }) =>
        tagged(key, `${label} (${kinds.join(', ')})${isHandOver ? '' : ', after an unlock'}`),
    ),
    '.SH FILES',
    tagged('$XDG_CONFIG_HOME/labtop/config.yaml', 'the configuration'),
    tagged('$XDG_CONFIG_HOME/labtop/themes', 'themes of your own'),
    tagged('$XDG_STATE_HOME/labtop', 'the ledger of actions and the state of the console'),
    '.SH ENVIRONMENT',
    tagged('NO_COLOR', 'no colours'),
    tagged(
      'INK_SCREEN_READER',
      'true: plain sentences for a screen reader in place of the full screen',
    ),
    '.SH EXIT STATUS',
    '0 done, 1 failed, 64 usage, 78 configuration;',
    '.B check',
    'has 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.',
  ].join('\n')}\n`;
}
