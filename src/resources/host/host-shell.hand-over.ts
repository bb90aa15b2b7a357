import type { HandOver } from '../../domain/hand-over.ts';
import { findHost } from '../../domain/joined.ts';
import { refHost, refName } from '../../domain/ref.ts';

/** The login shell of a host. A host that does not answer may be tried: its sampler is not its sshd. */
export const hostShell: HandOver = {
  id: 'host.shell',
  verb: 'shell',
  label: 'Shell',
  key: 's',
  kinds: ['host'],
  unavailable: (subject, inventory) =>
    findHost(inventory, refHost(subject) ?? '') ? undefined : `${subject} is not configured`,
  plan: (subject) => ({
    handOver: 'host.shell',
    subject,
    place: refName(subject),
    host: refName(subject),
    argv: null,
    ends: 'exit',
    fingerprint: subject,
  }),
};
