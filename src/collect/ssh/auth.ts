import type { AnyAuthMethod } from 'ssh2';
import type { LinkPrompt } from '../../domain/link-question.ts';
import { failure, remoteWords, VIA_OPENSSH } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import type { Identities, Identity } from './identity.ts';
import type { LockedFile } from './key-file.ts';
import type { LoginMethod } from './ssh-config.ts';
import type { Target } from './target.ts';

/** What the server asks at one time. */
export type PromptRound = {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: readonly LinkPrompt[];
};

/** The one who can be asked during a login. */
export type Person = {
  readonly canAsk: boolean;
  /** Resolves with an answer for each prompt; without an answer it never does, and the attempt ends otherwise. */
  readonly ask: (round: PromptRound) => Promise<readonly string[]>;
  /** This key comes next, and it is encrypted: the attempt ends. */
  readonly unlock: (file: LockedFile) => void;
};

export type Authentication = {
  /**
   * What to try next; false when there is nothing left, undefined when `proceed` will be called. `methods` are
   * those the server still takes; `isPartial`: the last one was right, but more is wanted.
   */
  readonly next: (
    methods: readonly string[] | null,
    isPartial: boolean,
    proceed: (method: AnyAuthMethod) => void,
  ) => AnyAuthMethod | false | undefined;
  /** Something was offered and refused. */
  readonly wasRefused: () => boolean;
  /** A key was offered, or a person was asked. */
  readonly hasOffered: () => boolean;
  readonly failure: (words: string) => LinkFailure;
};

type Step = AnyAuthMethod | 'later' | 'nothing';

/** What the server's next answer is about. */
type Offered = {
  readonly label: string;
  /** For a key of an agent. */
  readonly hasSigned?: () => boolean;
  readonly isAskedAnew?: boolean;
};

/**
 * Offers the keys one after another, then asks the person, in the order that PreferredAuthentications gives. It
 * begins with `none`, which costs no attempt and makes the server tell its methods, so that a server for passwords
 * only is never offered a key. What a person answered is offered once.
 */
export function createAuthentication(
  target: Target,
  { identities, unusable, needsOpenSsh }: Identities,
  person: Person,
): Authentication {
  const username = target.user;
  const tried: string[] = [];
  const accepted: string[] = [];
  const done = new Set<LoginMethod>();
  let offered: readonly string[] = [];
  let position = 0;
  let refusals = 0;
  let last: Offered | undefined;
  let isAnswered = false;
  let isAnswerRefused = false;

  const next: Authentication['next'] = (methods, isPartial, proceed) => {
    if (methods === null) return { type: 'none', username };
    // After a signature by an agent ssh2 1.17 hands over the answer before the last one: ask for a new one.
    if (last?.hasSigned?.() === true) {
      last = { label: last.label, isAskedAnew: true };
      return { type: 'none', username };
    }
    if (last !== undefined) settle(last, methods, isPartial);
    last = undefined;
    offered = methods;
    for (const method of target.methods) {
      if (!methods.includes(method)) continue;
      const step = method === 'publickey' ? nextKey() : dialogue(method, proceed);
      if (step !== 'nothing') return step === 'later' ? undefined : step;
    }
    return false;
  };

  const settle = (
    { label, hasSigned, isAskedAnew }: Offered,
    methods: readonly string[],
    isPartial: boolean,
  ): void => {
    // A list of methods that got shorter says the same as the flag, which is not that of this answer here.
    const isAccepted =
      isAskedAnew === true
        ? offered.some((method) => !methods.includes(method))
        : hasSigned === undefined && isPartial;
    if (isAccepted) accepted.push(label);
    else {
      refusals++;
      isAnswerRefused ||= isAnswered;
    }
    isAnswered = false;
  };

  const nextKey = (): Step => {
    const identity = identities[position];
    if (identity === undefined) return 'nothing';
    position++;
    tried.push(identity.label);
    return offer(identity);
  };

  const offer = ({ label, method }: Identity): Step => {
    switch (method.type) {
      case 'locked':
        person.unlock(method.file);
        return 'later';
      case 'publickey':
        last = { label };
        return { ...method, username };
      case 'agent':
        last = { label, hasSigned: method.agent.hasSigned };
        return { ...method, username };
    }
  };

  const dialogue = (
    method: Exclude<LoginMethod, 'publickey'>,
    proceed: (method: AnyAuthMethod) => void,
  ): Step => {
    // An answer that was refused is not asked for again by itself.
    if (!person.canAsk || done.has(method) || isAnswerRefused) return 'nothing';
    done.add(method);
    tried.push(method);
    last = { label: method };
    if (method === 'password') {
      const text = `${target.user}@${target.host}'s password:`;
      void person
        .ask({ name: '', instructions: '', prompts: [{ text, echo: false }] })
        .then(([password = '']) => {
          isAnswered = true;
          proceed({ type: 'password', username, password });
        });
      return 'later';
    }
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (name, instructions, _language, prompts, finish) => {
        void person
          .ask({
            name,
            instructions,
            prompts: prompts.map(({ prompt, echo }) => ({ text: prompt, echo: echo === true })),
          })
          .then((texts) => {
            isAnswered = true;
            finish([...texts]);
          });
      },
    };
  };

  const refusal = (words: string): LinkFailure =>
    failure(
      {
        code: 'auth',
        message: remoteParts([
          `login refused for ${target.user}@${target.host}`,
          words === '' ? '' : `«${words}»`,
          accepted.length > 0 ? `accepted ${accepted.join(', ')}, which is not enough` : '',
          tried.length > 0 ? `tried ${tried.join(', ')}` : 'no key was tried',
          offered.length > 0 ? `the server offers ${offered.join(', ')}` : '',
          unusable.join('; '),
        ]),
        hint: hintFor(words),
      },
      'rare',
      'auth-failed',
    );

  const hintFor = (words: string): string => {
    if (/Too many authentication failures/.test(words))
      return 'the server counts each key: name the right one with IdentityFile and IdentitiesOnly yes';
    const isDialogue = offered.includes('password') || offered.includes('keyboard-interactive');
    if (needsOpenSsh) return VIA_OPENSSH;
    if (offered.length > 0 && !offered.includes('publickey')) {
      if (!isDialogue) return VIA_OPENSSH;
      return person.canAsk
        ? 'try again with another answer, or allow PubkeyAuthentication on the host'
        : 'open labtop to answer what the server asks, or allow PubkeyAuthentication on the host';
    }
    return `put the public key into ~/.ssh/authorized_keys of ${target.user} on the host`;
  };

  return {
    next,
    wasRefused: () => refusals > 0,
    hasOffered: () => tried.length > 0,
    failure: refusal,
  };
}

const remoteParts = (parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .map((part) => remoteWords(part))
    .join('; ');
