import { bracketed } from '../../domain/address.ts';
import { sanitize } from '../../domain/text.ts';
import type { PromptRound } from './auth.ts';
import { configFailure, passphraseFailure, promptFailure, remoteWords } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { fingerprint, keyTypeOf } from './key-blob.ts';
import type { LockedFile } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import type { KnownHost, KnownHostsLine } from './known-hosts.ts';
import { noteHostKey } from './note-host-key.ts';
import type { QuestionDesk, Settled } from './question-desk.ts';
import { randomart } from './randomart.ts';
import type { Target } from './target.ts';

/** Address and port; a jump host is said to be one. */
export const questionPlace = ({ host, port }: Target, isHop: boolean): string =>
  `${isHop ? 'bastion: ' : ''}${bracketed(host)}:${port}`;

export type HostKeyAsking = {
  readonly desk: QuestionDesk;
  readonly target: Target;
  readonly place: string;
  readonly known: KnownHost;
  readonly key: Buffer;
  /** What is held while nobody has answered. */
  readonly failure: LinkFailure;
  /** Where keys are accepted for this run, when the file keeps nothing. */
  readonly accepted: KnownHostsLine[];
};

/** Asks whether an unknown host key is right; a yes notes it. */
export function askForHostKey(asking: HostKeyAsking): LinkFailure {
  const { desk, target, place, known, key, failure, accepted } = asking;
  const { knownHostsName: name, notedIn: file } = target;
  if (target.isStrict || file === null) return failure;
  const type = keyTypeOf(key);
  const question = desk.put(
    `host-key ${name} ${fingerprint(key)} ${file}`,
    {
      kind: 'host-key',
      place,
      knownHostsName: name,
      keyType: sanitize(type),
      fingerprint: fingerprint(key),
      randomart: randomart(key),
      file,
      authority: known.hasAuthority,
    },
    async ({ kind }): Promise<Settled> => {
      if (kind !== 'yes') return { kind: 'declined' };
      try {
        if (!(await noteHostKey({ file, name, key, isHashed: target.hashKnownHosts })))
          accepted.push({ marker: null, hosts: name, type, key, file, line: 0 });
        return { kind: 'answered' };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return {
          kind: 'failed',
          failure: configFailure(
            `the host key of ${target.name} cannot be noted in ${file}: ${code ?? message}`,
            'correct its permissions, or name another UserKnownHostsFile',
          ),
        };
      }
    },
  );
  return { ...failure, question };
}

/** Asks for the passphrase of a key file; the right one opens it for all hosts that use the file. */
export function askForPassphrase(
  desk: QuestionDesk,
  ring: KeyRing,
  file: LockedFile,
  isWrong = false,
): LinkFailure {
  const failure = passphraseFailure(file.path, isWrong);
  const put = isWrong ? desk.renew : desk.put;
  const question = put(
    `passphrase ${file.path}`,
    {
      kind: 'passphrase',
      path: sanitize(file.path),
      fingerprint: file.blob === null ? null : fingerprint(file.blob),
      wrong: isWrong,
    },
    async (reply): Promise<Settled> => {
      if (reply.kind !== 'texts') return { kind: 'declined' };
      const result = await ring.unlock(file.text, reply.texts[0] ?? '');
      if (result === 'opened') return { kind: 'answered' };
      if (result === 'wrong')
        return { kind: 'again', failure: askForPassphrase(desk, ring, file, true) };
      return {
        kind: 'failed',
        failure: configFailure(
          `identity file ${file.path} is not a key that can be used: ${remoteWords(result.unusable)}`,
          'name another identity file',
        ),
      };
    },
  );
  return { ...failure, question };
}

/** Answers that came when the server had already given up waiting. */
export type LateAnswers = Map<string, readonly string[]>;

export type Prompting = {
  readonly desk: QuestionDesk;
  readonly late: LateAnswers;
  readonly target: Target;
  readonly place: string;
  readonly round: PromptRound;
  /** The answers, or null for none at all. Not called once the attempt is over. */
  readonly onAnswers: (texts: readonly string[] | null) => void;
};

export type Prompted = {
  readonly failure: LinkFailure;
  /** The attempt is over; an answer that comes later counts for the next one, if it is asked the same. */
  readonly leave: () => void;
};

/** Asks what the server asks; undefined when the answer is already there and was handed over. */
export function askForAnswers(prompting: Prompting): Prompted | undefined {
  const { desk, late, target, place, round, onAnswers } = prompting;
  const safe: PromptRound = {
    name: sanitize(round.name),
    instructions: sanitize(round.instructions),
    prompts: round.prompts.map(({ text, echo }) => ({ text: sanitize(text), echo })),
  };
  const key = `prompts ${target.user} ${place} ${JSON.stringify(safe)}`;
  const kept = late.get(key);
  if (kept !== undefined) {
    late.delete(key);
    onAnswers(kept);
    return undefined;
  }
  let isOver = false;
  const question = desk.put(key, { kind: 'prompts', place, ...safe }, async (reply) => {
    const texts =
      reply.kind === 'texts' ? safe.prompts.map((_, index) => reply.texts[index] ?? '') : null;
    if (!isOver) onAnswers(texts);
    else if (texts !== null) late.set(key, texts);
    return await Promise.resolve<Settled>({ kind: texts === null ? 'declined' : 'answered' });
  });
  const texts = safe.prompts.map(({ text }) => text);
  return {
    failure: { ...promptFailure(place, texts, 'waits'), question },
    leave: () => {
      isOver = true;
    },
  };
}
