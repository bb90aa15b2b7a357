import type { LinkQuestion, LinkReply } from '../../domain/link-question.ts';
import type { LinkFailure } from './failure.ts';

/** What a question has come to: an attempt is worth while, or none before somebody asks for it. */
export type Settled =
  | { readonly kind: 'answered' | 'declined' }
  /** The same is asked once more, as another question. */
  | { readonly kind: 'again'; readonly failure: LinkFailure }
  | { readonly kind: 'failed'; readonly failure: LinkFailure };

/** Takes the answer; the question stands until it has resolved. */
export type Answered = (reply: LinkReply) => Promise<Settled>;

/** A question without its name. */
export type NewQuestion = LinkQuestion extends infer Q
  ? Q extends unknown
    ? Omit<Q, 'id'>
    : never
  : never;

/**
 * Where the questions of all connections wait for a person. Connections that need the same answer share one
 * question, so that it is asked once.
 */
export type QuestionDesk = {
  /**
   * Puts a question, or finds the one that already stands under the key; its answer goes to the newest taker. One that
   * is being answered is found too: what comes of it counts for whoever asks meanwhile.
   */
  readonly put: (key: string, question: NewQuestion, answered: Answered) => LinkQuestion;
  /** Puts a question in place of the one that is being answered. */
  readonly renew: (key: string, question: NewQuestion, answered: Answered) => LinkQuestion;
  /** What a question has come to lately; undefined while it stands. */
  readonly outcome: (id: string) => Settled | undefined;
  /** Ignored when the question no longer stands, or is being answered. */
  readonly reply: (reply: LinkReply) => void;
  /** Calls back whenever a question has come to something; returns the end of it. */
  readonly onSettled: (listener: (id: string, settled: Settled) => void) => () => void;
};

type Standing = {
  readonly question: LinkQuestion;
  answered: Answered;
  isTaken: boolean;
};

/** Outcomes that are remembered for those who have found a question just before it was settled. */
const OUTCOMES_KEPT = 64;

export function createQuestionDesk(): QuestionDesk {
  const outcomes = new Map<string, Settled>();
  const standing = new Map<string, Standing>();
  const listeners = new Set<(id: string, settled: Settled) => void>();
  let count = 0;

  const answer = async (key: string, one: Standing, reply: LinkReply): Promise<void> => {
    one.isTaken = true;
    const settled = await one.answered(reply);
    if (standing.get(key) === one) standing.delete(key);
    outcomes.set(one.question.id, settled);
    for (const old of [...outcomes.keys()].slice(0, -OUTCOMES_KEPT)) outcomes.delete(old);
    for (const listener of listeners) listener(one.question.id, settled);
  };

  const renew: QuestionDesk['renew'] = (key, question, answered) => {
    count++;
    const named = { ...question, id: `question-${count}` } as LinkQuestion;
    standing.set(key, { question: named, answered, isTaken: false });
    return named;
  };

  return {
    put: (key, question, answered) => {
      const found = standing.get(key);
      if (found === undefined) return renew(key, question, answered);
      if (!found.isTaken) found.answered = answered;
      return found.question;
    },
    renew,
    outcome: (id) => outcomes.get(id),
    reply: (reply) => {
      for (const [key, one] of standing)
        if (one.question.id === reply.id && !one.isTaken) {
          void answer(key, one, reply);
          return;
        }
    },
    onSettled: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
