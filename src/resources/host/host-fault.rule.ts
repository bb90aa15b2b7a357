import type { Fault } from '../../domain/fault.ts';
import type { HostRule, Severity } from '../../domain/problem.ts';
import { faultRef } from '../../domain/ref.ts';

/** An open case of the fault manager. Cases of SMF are left to the rules about services, which know more of them. */
export const hostFault: HostRule<'faults'> = {
  id: 'host.fault',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['faults'],
  check: ({ faults }, host) =>
    faults
      .filter(({ messageId }) => !(messageId?.startsWith('SMF-') ?? false))
      .map((fault) => ({
        subject: faultRef(host.name, fault.id),
        title: `${fault.messageId ?? fault.severity} ${whatFailed(fault)}`,
        severity: severityOf(fault.severity),
        evidence: {
          severity: fault.severity,
          time: fault.timeText,
          class: fault.classes.join(', ') || null,
          affects: fault.affects.join(', ') || null,
          fru: fault.fru,
          description: fault.description,
          impact: fault.impact,
          from: 'fmadm faulty',
        },
        hint: fault.action ?? `see fmadm faulty -u ${fault.id}`,
      })),
};

function whatFailed({ fru, affects, classes, description }: Fault): string {
  return fru ?? affects[0] ?? classes[0] ?? description ?? '';
}

function severityOf(word: string): Severity {
  return word === 'Minor' ? 'warning' : 'critical';
}
