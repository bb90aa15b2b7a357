import type { CollectError } from '../domain/feed.ts';
import type { HostInventory, Inventory } from '../domain/inventory.ts';
import { findHost } from '../domain/joined.ts';
import type { LinkQuestion } from '../domain/link-question.ts';
import type { Problem } from '../domain/problem.ts';
import { refHost, refKind, refName } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import { keyName } from './dialogs/help-lines.ts';
import { askAgain, openQuestion } from './dialogs/question-state.ts';
import type { Keymap } from './keymap.ts';
import type { Message, Session } from './session.ts';

/** What a question is about, in a few words. */
export function questionText(question: LinkQuestion): string {
  switch (question.kind) {
    case 'host-key':
      return 'unknown host key';
    case 'passphrase':
      return `passphrase of ${question.path.split('/').at(-1) ?? question.path}`;
    case 'prompts':
      return (
        question.prompts.map(({ text }) => text.replace(/:?\s*$/, '')).join(', ') || 'an answer'
      );
  }
}

/** A question with the hosts that wait for its answer. */
export type Asked = { readonly question: LinkQuestion; readonly hosts: readonly string[] };

/** The questions that stand, in the order of the hosts. */
export function askedOf({ hosts }: Inventory): readonly Asked[] {
  const byId = new Map<string, { readonly question: LinkQuestion; readonly hosts: string[] }>();
  for (const { name, source } of hosts) {
    const { question } = source;
    if (question === null) continue;
    const known = byId.get(question.id);
    if (known) known.hosts.push(name);
    else byId.set(question.id, { question, hosts: [name] });
  }
  return [...byId.values()];
}

/** `omni1 and 2 more ask: unknown host key` */
export function askedText({ question, hosts }: Asked): string {
  const [first = '', ...rest] = hosts;
  const who =
    rest.length === 0
      ? `${first} asks`
      : rest.length === 1
        ? `${first} and ${rest[0]} ask`
        : `${first} and ${rest.length} more ask`;
  return `${who}: ${questionText(question)}`;
}

/** The key that answers, as people write it; the palette's command without one. */
export function answerKey({ bindings }: Pick<Keymap, 'bindings'>): string {
  const key = bindings.find(({ id }) => id === 'answer')?.keys[0];
  return key === undefined ? ':answer' : keyName(key);
}

/** The line that stays while a host waits for an answer; null when none does. */
export function reminder(inventory: Inventory, keymap: Pick<Keymap, 'bindings'>): string | null {
  const asked = askedOf(inventory);
  const [first] = asked;
  if (!first) return null;
  const more = asked.length > 1 ? ` (and ${asked.length - 1} more)` : '';
  return `${askedText(first)}${more} · ${answerKey(keymap)} answers`;
}

/** What there is to answer, or to be told: that of the selected thing's host first. */
export type Pending =
  | { readonly kind: 'question'; readonly host: string; readonly question: LinkQuestion }
  | { readonly kind: 'blocked'; readonly host: string; readonly error: CollectError };

export function pendingFor({ hosts }: Inventory, ref: Ref | null): Pending | null {
  const selected = ref === null ? undefined : refHost(ref);
  const pending = hosts.flatMap((host) => pendingOf(host) ?? []);
  return (
    pending.find(({ host }) => host === selected) ??
    pending.find(({ kind }) => kind === 'question') ??
    pending[0] ??
    null
  );
}

function pendingOf({ name, source }: HostInventory): Pending | null {
  if (source.question !== null) return { kind: 'question', host: name, question: source.question };
  return source.state === 'hostkey-changed' && source.error !== null
    ? { kind: 'blocked', host: name, error: source.error }
    : null;
}

const MESSAGE_MS = 8000;

/**
 * The session with its question dialog as the host now stands: the next question after an answer, the same one again,
 * or closed when nothing is asked any more. The same session when nothing has changed.
 */
export function followQuestion(session: Session, inventory: Inventory, now: EpochMs): Session {
  const { dialog } = session;
  if (dialog?.kind === 'blocked') {
    const state = findHost(inventory, dialog.host)?.source.state;
    return state === 'hostkey-changed' || state === 'connecting' ? session : close(session);
  }
  if (dialog?.kind !== 'question') return session;
  const { host, isSent, question } = dialog.state;
  const source = findHost(inventory, host)?.source;
  if (!source) return close(session);
  const next = source.question;
  if (next?.id === question.id) return session;
  if (next !== null) {
    const state = isSent ? openQuestion(host, next, now) : askAgain(dialog.state, next, now);
    return { ...session, dialog: { kind: 'question', state } };
  }
  switch (source.state) {
    case 'connecting':
      return session;
    case 'up':
    case 'stale':
      return close(session, { text: `${host}: connected`, tone: 'info', until: now + MESSAGE_MS });
    case 'frozen':
    case 'down':
    case 'auth-failed':
    case 'hostkey-changed':
    case 'hostkey-unknown':
      return close(session, {
        text: `${host}: ${source.error?.message ?? source.state}`,
        tone: 'bad',
        until: now + MESSAGE_MS,
      });
  }
}

const close = (session: Session, message: Message | null = session.message): Session => ({
  ...session,
  dialog: null,
  message,
});

/** The title of a problem on one line: for a host that waits for a person, what it wants and the key. */
export function problemTitle(
  { subject, title }: Pick<Problem, 'subject' | 'title'>,
  {
    inventory,
    keymap,
  }: { readonly inventory: Inventory; readonly keymap: Pick<Keymap, 'bindings'> },
): string {
  if (refKind(subject) !== 'host') return title;
  const host = findHost(inventory, refName(subject));
  const pending = host && pendingOf(host);
  if (!pending) return title;
  switch (pending.kind) {
    case 'question':
      return `asks: ${questionText(pending.question)} · ${answerKey(keymap)} answers`;
    case 'blocked':
      return `${pending.error.code === 'key-revoked' ? 'host key revoked' : 'host key changed'}, blocked · ${answerKey(keymap)} tells more`;
  }
}
