import type { CollectError } from '../../domain/feed.ts';
import type { LinkQuestion } from '../../domain/link-question.ts';
import type { ToneName } from '../../domain/theme.ts';
import { textWidth, truncate } from '../../term/width.ts';
import type { DialogContent, DialogRun } from './dialog-shape.ts';
import type { Field, QuestionState } from './question-state.ts';
import { wrap } from './wrap.ts';

type Line = readonly DialogRun[];

const LABEL_WIDTH = 10;
/** `+-----------------+`, as ssh-keygen draws it. */
const ART_WIDTH = 19;
const GAP = 3;
/** Beside the art a text needs so much. */
const BESIDE_WIDTH = 30;
const MOST_DOTS = 40;

const plain = (text: string, tone: ToneName = 'plain'): DialogRun => ({ text, tone });

/** A long word is cut into pieces, so that nothing of a fingerprint or a path is lost. */
function wrapHard(text: string, width: number): readonly string[] {
  return wrap(text, width).flatMap((line) => {
    const characters = Array.from(line);
    const pieces: string[] = [];
    for (let at = 0; at < characters.length; at += width)
      pieces.push(characters.slice(at, at + width).join(''));
    return pieces.length === 0 ? [''] : pieces;
  });
}

const labelled = (
  label: string,
  text: string,
  width: number,
  tone: ToneName = 'plain',
): readonly Line[] =>
  wrapHard(text, Math.max(8, width - LABEL_WIDTH)).map((part, index) => [
    plain((index === 0 ? label : '').padEnd(LABEL_WIDTH), 'muted'),
    plain(part, tone),
  ]);

/** What stands beside a picture, or beneath it where there is no room. */
function beside(art: readonly string[], texts: readonly Line[], width: number): readonly Line[] {
  if (width < ART_WIDTH + GAP + BESIDE_WIDTH)
    return [...art.map((row): Line => [plain(row, 'accent')]), [], ...texts];
  const rows = Math.max(art.length, texts.length);
  return Array.from({ length: rows }, (_, index): Line => {
    const row = art[index] ?? '';
    return [plain(row.padEnd(ART_WIDTH + GAP), 'accent'), ...(texts[index] ?? [])];
  });
}

const keyFileOf = (keyType: string): string => {
  const kind = keyType.startsWith('ecdsa') ? 'ecdsa' : keyType.replace(/^ssh-/, '');
  return `/etc/ssh/ssh_host_${/^[a-z0-9]+$/.test(kind) ? kind : '*'}_key.pub`;
};

function hostKeyLines(
  host: string,
  question: Extract<LinkQuestion, { kind: 'host-key' }>,
  width: number,
): readonly Line[] {
  const isBeside = width >= ART_WIDTH + GAP + BESIDE_WIDTH;
  const room = isBeside ? width - ART_WIDTH - GAP : width;
  const text = (words: string, tone: ToneName = 'plain'): readonly Line[] =>
    wrapHard(words, room).map((part) => [plain(part, tone)]);
  return [
    ...labelled('host', `${host}  at ${question.place}`, width),
    ...labelled('key', question.keyType, width),
    ...labelled('', question.fingerprint, width, 'title'),
    [],
    ...beside(
      question.randomart,
      [
        ...text('No known_hosts file has a key of this host, and nothing was sent to it.'),
        [],
        ...text("Compare with the host's own, on its console:", 'muted'),
        ...text(`ssh-keygen -lvf ${keyFileOf(question.keyType)}`, 'accent'),
        [],
        ...text('yes appends it to', 'muted'),
        ...text(question.file),
        ...text(`as ${question.knownHostsName}`, 'muted'),
      ],
      width,
    ),
    ...(question.authority
      ? labelled(
          'beware',
          'this host is verified by a certificate authority; its plain key alone proves nothing of that',
          width,
          'warn',
        )
      : []),
  ];
}

function passphraseLines(
  hosts: readonly string[],
  question: Extract<LinkQuestion, { kind: 'passphrase' }>,
  width: number,
): readonly Line[] {
  return [
    ...labelled('for', hosts.join(', '), width),
    ...labelled('key file', question.path, width),
    ...(question.fingerprint === null ? [] : labelled('key', question.fingerprint, width)),
    ...labelled(
      'kept',
      'the opened key stays in memory until labtop ends; the passphrase is not kept',
      width,
      'muted',
    ),
  ];
}

function promptLines(
  host: string,
  question: Extract<LinkQuestion, { kind: 'prompts' }>,
  width: number,
): readonly Line[] {
  return [
    ...labelled('host', `${host}  at ${question.place}`, width),
    ...(question.name === '' ? [] : labelled('it says', question.name, width)),
    ...question.instructions
      .split('\n')
      .filter((line) => line.trim() !== '')
      .flatMap((line, index) =>
        labelled(index === 0 && question.name === '' ? 'it says' : '', line, width),
      ),
    ...labelled('kept', 'answers go to this host and are not kept', width, 'muted'),
  ];
}

/** A field with what is typed into it; its end is in sight. */
function fieldLine({ echo, label, text }: Field, isActive: boolean, width: number): Line {
  const name = label === '' ? '' : `${truncate(label, Math.floor(width / 2))}: `;
  const room = Math.max(1, width - textWidth(name) - 1);
  const typed = echo ? text.reveal() : '•'.repeat(Math.min(MOST_DOTS, text.length));
  const shown = Array.from(typed).slice(-room).join('');
  return [
    plain(name, isActive ? 'key' : 'muted'),
    plain(shown),
    plain(isActive ? '_' : '', 'accent'),
  ];
}

function questionLines({ active, fields, isSent }: QuestionState, width: number): readonly Line[] {
  return isSent
    ? [[plain('answered; trying to connect …', 'info')]]
    : fields.map((field, index) => fieldLine(field, index === active, width));
}

const TITLES: Readonly<Record<LinkQuestion['kind'], string>> = {
  'host-key': 'Unknown host key',
  passphrase: 'Passphrase',
  prompts: 'Login',
};

/** The dialog for what a host asks; `hosts` are all that wait for the answer. */
export function questionContent(
  state: QuestionState,
  hosts: readonly string[],
  width: number,
): DialogContent {
  const { host, notice, question } = state;
  const asked = questionLines(state, width);
  const body =
    question.kind === 'host-key'
      ? hostKeyLines(host, question, width)
      : question.kind === 'passphrase'
        ? passphraseLines(hosts.length === 0 ? [host] : hosts, question, width)
        : promptLines(host, question, width);
  const bottom: readonly Line[] = [
    ...(notice === null ? [] : wrapHard(notice, width).map((part): Line => [plain(part, 'bad')])),
    ...asked,
  ];
  return {
    title: `${TITLES[question.kind]}: ${host}`,
    right: question.kind === 'host-key' ? 'nothing is accepted silently' : 'not saved, not logged',
    lines: [...body, [], ...bottom],
    footer: state.isSent
      ? 'esc close'
      : `${state.fields.length > 1 ? 'tab next   ' : ''}enter answer   esc not now`,
    wanted: 76,
    pinned: bottom.length,
  };
}

/** The dialog for a host key that is not the known one: it tells, and accepts nothing. */
export function blockedContent(host: string, error: CollectError, width: number): DialogContent {
  const { command } = error;
  const paragraphs: readonly (readonly [label: string, text: string, tone?: ToneName])[] = [
    ['blocked', `labtop sends nothing to ${host} until this is settled`, 'bad'],
    ['why', error.message],
    ...(command === undefined
      ? ([['next', error.hint, 'warn']] as const)
      : ([
          [
            'either',
            'the host was installed anew or was given new keys: then the old line has to go, and the new key is asked for',
          ],
          [
            'or',
            'somebody sits between here and the host: then leave it, and look at the host from its own console',
            'warn',
          ],
        ] as const)),
  ];
  return {
    title: `Host key ${error.code === 'key-revoked' ? 'revoked' : 'changed'}: ${host}`,
    right: 'blocked',
    lines: [
      ...paragraphs.flatMap(([label, text, tone]) => labelled(label, text, width, tone)),
      ...(command === undefined
        ? []
        : [
            [],
            [plain('takes the old line out:', 'muted')],
            ...wrapHard(command, width - 2).map((part): Line => [plain(`  ${part}`, 'accent')]),
          ]),
    ],
    footer: command === undefined ? 'esc close' : 'c copy the command   esc close',
    wanted: 76,
  };
}
