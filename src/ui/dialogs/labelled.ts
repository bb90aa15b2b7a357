import type { ToneName } from '../../domain/theme.ts';
import { wrap } from './wrap.ts';

/** A label with a text beside it, in as many lines as it takes. */
export const labelled = (label: string, text: string, width: number, tone: ToneName = 'plain') =>
  wrap(text, width - 10).map((part, index) => [
    { text: (index === 0 ? label : '').padEnd(9), tone: 'muted' as const },
    { text: part, tone },
  ]);
