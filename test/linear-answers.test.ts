import { expect, test } from 'vitest';
import type { LinkQuestion, LinkReply } from '../src/domain/link-question.ts';
import { createLinearAnswers } from '../src/linear-answers.ts';
import { hostKeyQuestion, passphraseQuestion, promptsQuestion } from './support/questions.ts';

function begin(question: LinkQuestion | null) {
  const said: string[] = [];
  const echoes: boolean[] = [];
  const replies: (readonly [string, LinkReply])[] = [];
  const answers = createLinearAnswers({
    say: (lines) => {
      said.push(...lines);
    },
    echo: (shown) => {
      echoes.push(shown);
    },
    reply: (host, reply) => {
      replies.push([host, reply]);
    },
  });
  answers.begin(question === null ? [] : [{ question, hosts: ['omni2', 'store1'] }]);
  return { answers, said, echoes, replies };
}

test('a host key is told whole, and accepted by yes or its fingerprint only', () => {
  const { answers, said, replies } = begin(hostKeyQuestion());
  expect(said.join('\n')).toContain(
    'Fingerprint SHA256:8J8oa+nwsHgZ1IqIelHYcUD3sTkRJU8qgV8LiRZTeM8.',
  );
  answers.line('y');
  expect(replies).toEqual([]);
  expect(answers.isAnswering()).toBe(true);
  answers.line('yes');
  expect(replies).toEqual([['omni2', { id: 'question-1', kind: 'yes' }]]);
  expect(answers.isAnswering()).toBe(false);
});

test('a passphrase is hidden while it is typed, and seen again afterwards', () => {
  const { answers, echoes, replies, said } = begin(passphraseQuestion({ wrong: true }));
  expect(said[0]).toBe('That passphrase does not open the key.');
  expect(echoes.at(-1)).toBe(false);
  answers.line('correct horse');
  expect(echoes.at(-1)).toBe(true);
  expect(replies).toEqual([
    ['omni2', { id: 'question-2', kind: 'texts', texts: ['correct horse'] }],
  ]);
  expect(said.join('\n')).not.toContain('correct horse');
});

test('prompts are asked one by one, each seen or not as the host wants', () => {
  const { answers, echoes, replies, said } = begin(promptsQuestion());
  expect(said).toContain('Your password expires in 3 days.');
  expect(said.at(-1)).toBe('Password: (not shown)');
  expect(echoes.at(-1)).toBe(false);
  answers.line('pw');
  expect(said.at(-1)).toBe('One-time code:');
  expect(echoes.at(-1)).toBe(true);
  answers.line('');
  expect(replies).toEqual([['omni2', { id: 'question-3', kind: 'texts', texts: ['pw', ''] }]]);
});

test('an empty line leaves a host key or a passphrase; where nothing is asked, that is said', () => {
  for (const question of [hostKeyQuestion(), passphraseQuestion()]) {
    const { answers, echoes, replies } = begin(question);
    answers.line('');
    expect([answers.isAnswering(), replies, echoes.at(-1)]).toEqual([false, [], true]);
  }
  expect(begin(null).said).toEqual(['No host asks anything.']);
});
