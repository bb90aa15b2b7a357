import { plural } from '../domain/format.ts';
import { hostCommands } from '../registry.ts';
import type { ActionReport, DoctorReport, QuestionReport, SourceReport } from './doctor-report.ts';

/** As wide as the longest name of a question. */
const NAME_WIDTH = Math.max(...hostCommands.map(({ id }) => id.length));
const STATE_WIDTH = 11;
/** Complaints of one question that are printed; the JSON has all. */
const SHOWN_COMPLAINTS = 3;

/** A report for people: what is well in a line, what is not with what it hides and what mends it. */
export function renderDoctor(report: DoctorReport): string {
  const sources = [...report.hosts, ...report.clusters];
  return `${[
    `labtop ${report.version}`,
    '',
    'this machine',
    ...report.machine.map(({ name, state, text }) => row(name, state, text)),
    ...sources.flatMap((source) => ['', ...sourceLines(source)]),
    '',
    report.isWell ? 'all is well' : 'not all is well',
  ].join('\n')}\n`;
}

const row = (name: string, state: string, text: string): string =>
  `  ${name.padEnd(NAME_WIDTH)}  ${state.padEnd(STATE_WIDTH)}${text}`.trimEnd();
const more = (text: string): string => `  ${' '.repeat(NAME_WIDTH + STATE_WIDTH + 2)}${text}`;

function sourceLines(source: SourceReport): readonly string[] {
  const { name, kind, state, user, release, error, hint, answered, asked } = source;
  const what = [kind === 'ssh' ? 'host' : 'cluster', name, release, user && `as ${user}`]
    .filter(Boolean)
    .join(' ');
  const login =
    source.isAuthenticated === null
      ? 'not reached'
      : source.isAuthenticated
        ? 'reached, authenticated'
        : 'reached, refused';
  return [
    what,
    row('connection', state === 'up' ? 'ok' : state, login),
    ...(error === null || state === 'up' ? [] : [more(error)]),
    ...(hint === null || state === 'up' ? [] : [more(hint)]),
    ...(asked === 0 ? [] : [row('questions', '', `${answered} of ${asked} answered`)]),
    ...source.questions.filter(({ state: each }) => each !== 'none').flatMap(questionLines),
    ...(source.grants.length === 0
      ? []
      : [
          kind === 'ssh'
            ? `  what root runs on ${name} to mend it:`
            : `  what an administrator of ${name} runs to mend it:`,
          ...source.grants.map((line) => `    ${line}`),
        ]),
    ...source.actions.flatMap(actionLines),
  ];
}

function actionLines({ action, state, reason, grants }: ActionReport): readonly string[] {
  return [
    row('may', state, action),
    ...(reason === null ? [] : [more(reason)]),
    ...grants.map((line) => more(line)),
  ];
}

function questionLines(report: QuestionReport): readonly string[] {
  const { question, state, reason, hides, complaints } = report;
  const shown = complaints.slice(0, SHOWN_COMPLAINTS);
  return [
    row(
      question,
      complaints.length > 0 ? 'unread' : state,
      complaints.length > 0
        ? `${plural(complaints.length, 'line')} not understood`
        : (reason ?? ''),
    ),
    ...(hides === null ? [] : [more(`hides: ${hides}`)]),
    ...shown.map(({ line, text, reason: why }) => more(`line ${line}: ${why}: ${text}`)),
  ];
}
