import type { LinkQuestion, LinkReply } from './domain/link-question.ts';
import type { Asked } from './ui/questions.ts';
import { askedSentences } from './ui/sentences.ts';

/** Answers to questions, line by line. */
export type LinearAnswers = {
  /** Begins with the first question there is. */
  readonly begin: (asked: readonly Asked[]) => void;
  /** Whether the next line is part of an answer. */
  readonly isAnswering: () => boolean;
  readonly line: (text: string) => void;
};

export type LinearAnswersDeps = {
  readonly say: (lines: readonly string[]) => void;
  /** Whether what is typed next may be seen. */
  readonly echo: (shown: boolean) => void;
  readonly reply: (host: string, reply: LinkReply) => void;
};

type Open = {
  readonly host: string;
  readonly question: LinkQuestion;
  readonly texts: readonly string[];
};

/** Asks in sentences, and hides what must not be seen. An empty line leaves a host key or a passphrase. */
export function createLinearAnswers({ say, echo, reply }: LinearAnswersDeps): LinearAnswers {
  let open: Open | null = null;

  const ask = ({ question, texts }: Open) => {
    if (question.kind === 'prompts') {
      const prompt = question.prompts[texts.length];
      echo(prompt?.echo ?? true);
      say([
        `${prompt?.text.trim() ?? 'Answer'} ${prompt?.echo === false ? '(not shown)' : ''}`.trim(),
      ]);
    } else {
      echo(question.kind === 'host-key');
      say([
        question.kind === 'host-key'
          ? 'Type yes, or the fingerprint, to accept it. An empty line leaves it.'
          : 'Type the passphrase; it is not shown. An empty line leaves it.',
      ]);
    }
  };
  const close = () => {
    open = null;
    echo(true);
  };
  const send = (answer: LinkReply) => {
    const host = open?.host ?? '';
    close();
    reply(host, answer);
    say(['Answered.']);
  };

  return {
    isAnswering: () => open !== null,
    begin: (asked) => {
      const [first] = asked;
      const host = first?.hosts[0];
      if (!first || host === undefined) {
        say(['No host asks anything.']);
        return;
      }
      say(askedSentences(first));
      open = { host, question: first.question, texts: [] };
      ask(open);
    },
    line: (text) => {
      if (open === null) return;
      const { question, texts } = open;
      const { id } = question;
      if (text === '' && question.kind !== 'prompts') {
        close();
        say(['Left as it is.']);
        return;
      }
      switch (question.kind) {
        case 'host-key':
          if (text.trim().toLowerCase() === 'yes' || text.trim() === question.fingerprint)
            send({ id, kind: 'yes' });
          else ask(open);
          return;
        case 'passphrase':
          send({ id, kind: 'texts', texts: [text] });
          return;
        case 'prompts': {
          const given = [...texts, text];
          if (given.length >= question.prompts.length) send({ id, kind: 'texts', texts: given });
          else {
            open = { ...open, texts: given };
            ask(open);
          }
        }
      }
    },
  };
}
