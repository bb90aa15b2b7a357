import type { CollectError } from '../../src/domain/feed.ts';
import type { LinkQuestion } from '../../src/domain/link-question.ts';

/** As `ssh-keygen -lv` draws a key. */
const ART = [
  '+--[ED25519 256]--+',
  '|   .=B+.=oo      |',
  '|    *o=o.X       |',
  '|   + *o=*..      |',
  '|  . + o+E.       |',
  '|.. + .  S        |',
  '|o o o    o .     |',
  '|.  .oo... o      |',
  '|. ..o=oo         |',
  '| ....o+          |',
  '+----[SHA256]-----+',
];

export const hostKeyQuestion = (
  change: Partial<Extract<LinkQuestion, { kind: 'host-key' }>> = {},
): Extract<LinkQuestion, { kind: 'host-key' }> => ({
  kind: 'host-key',
  id: 'question-1',
  place: '192.0.2.12:22',
  knownHostsName: 'omni2',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:8J8oa+nwsHgZ1IqIelHYcUD3sTkRJU8qgV8LiRZTeM8',
  randomart: ART,
  file: '/home/ops/.ssh/known_hosts',
  authority: false,
  ...change,
});

export const passphraseQuestion = (
  change: Partial<Extract<LinkQuestion, { kind: 'passphrase' }>> = {},
): Extract<LinkQuestion, { kind: 'passphrase' }> => ({
  kind: 'passphrase',
  id: 'question-2',
  path: '/home/ops/.ssh/id_ed25519',
  fingerprint: 'SHA256:AwcHmcN8uOCA/086+CDelgAR4OvSlppPfghm/LGL7kw',
  wrong: false,
  ...change,
});

export const promptsQuestion = (
  change: Partial<Extract<LinkQuestion, { kind: 'prompts' }>> = {},
): Extract<LinkQuestion, { kind: 'prompts' }> => ({
  kind: 'prompts',
  id: 'question-3',
  place: '192.0.2.12:22',
  name: '',
  instructions: 'Your password expires in 3 days.',
  prompts: [
    { text: 'Password: ', echo: false },
    { text: 'One-time code: ', echo: true },
  ],
  ...change,
});

export const keyChanged: CollectError = {
  code: 'key-changed',
  message:
    'host key of omni2 changed: it shows ssh-ed25519 SHA256:8J8oa+nwsHgZ1IqIelHYcUD3sTkRJU8qgV8LiRZTeM8, known is ssh-ed25519 SHA256:ksjMfzLaBM4xz/k609bO6T7uXPx1z6RK6ao3ofUx86U in /home/ops/.ssh/known_hosts:12',
  hint: 'if the host was installed anew: take the old line out',
  command: "ssh-keygen -R '[192.0.2.12]:2222' -f /home/ops/.ssh/known_hosts",
};
