import type { HostCommand } from '../../domain/command.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { GrantedCommand, Rights } from '../../domain/rights.ts';
import type { Line } from '../../parse/lines.ts';
import { wholeLines } from '../../parse/lines.ts';
import { mark, readMarked } from '../../parse/marks.ts';

const AUTHS = 'auths';

/**
 * What the user's rights profiles let him run, and what he is authorized to: profiles(1) and auths(1), which any user may
 * ask of himself. Both exit with 1 when there are none.
 */
export const profiles: HostCommand<'rights'> = {
  id: 'profiles',
  feed: 'rights',
  pace: 'inventory',
  timeoutSeconds: 15,
  question: () => [['profiles', '-l'], mark(AUTHS), ['auths']],
  parse: parseRights,
  hides: 'whether actions on zones and VMs are granted',
  goodExitCodes: [1],
};

/** cmd/profiles/profiles.c: six blanks before a profile, ten before a program, more before what is left of its attributes. */
const PROFILE = /^ {6}(\S+(?: \S+)*?)(?: privs=(\S+))?$/;
const PROGRAM = /^ {10}(\S+)(?:\s+([a-z]+=\S*))?\s*$/;
const ATTRIBUTE = /^ {11,}([a-z]+=\S*)\s*$/;

type Draft = { readonly profile: string; readonly path: string; readonly attributes: string[] };

/** Reads `profiles -l`, then behind its mark what `auths` prints: all on one line, between commas. */
export function parseRights(stdout: string): Parsed<Rights> {
  const marked = readMarked(stdout, [AUTHS]);
  const complaints: Complaint[] = [...marked.complaints];
  const lines = (label: string | null): Iterable<Line> =>
    wholeLines(marked.linesOf(label) ?? [], complaints);
  const commands: Draft[] = [];
  let profile: string | null = null;
  for (const { number, text } of lines(null)) {
    const name = PROFILE.exec(text)?.[1];
    const [, path, first] = PROGRAM.exec(text) ?? [];
    const attribute = ATTRIBUTE.exec(text)?.[1];
    const last = commands.at(-1);
    if (name !== undefined) profile = name;
    else if (path !== undefined && profile !== null)
      commands.push({ profile, path, attributes: first === undefined ? [] : [first] });
    else if (attribute !== undefined && last?.profile === profile) last.attributes.push(attribute);
    else complaints.push(complaint(number, text, 'neither a profile nor a program of one'));
  }
  const authorizations: string[] = [];
  for (const { number, text } of lines(AUTHS)) {
    const names = text.trim().split(',');
    if (names.every((each) => /^[A-Za-z*][\w.*-]*(?:\/\S+)?$/.test(each)))
      authorizations.push(...names);
    else complaints.push(complaint(number, text, 'no authorizations between commas'));
  }
  const value: { readonly commands: readonly GrantedCommand[]; readonly authorizations: string[] } =
    { commands, authorizations };
  return { value, complaints };
}
