import type { LabRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** The host refuses the user or the key; no attempt is made until somebody asks for one. */
export const hostAuth: LabRule = {
  id: 'host.auth',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: ({ hosts }) =>
    hosts
      .filter(({ source }) => source.state === 'auth-failed')
      .map(({ name, source }) => ({
        subject: hostRef(name),
        title: source.error
          ? `authentication refused: ${source.error.message}`
          : 'authentication refused',
        evidence: {
          error: source.error?.code ?? null,
          attempts: source.attempt,
          from: 'ssh',
        },
        hint: source.error?.hint || `see which keys are offered: ssh -v ${name}`,
      })),
};
