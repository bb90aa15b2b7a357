import { SPANS } from './paint/chart.ts';
import { go, initialSession, PANES } from './session.ts';
import type { PaneId, Place, Session } from './session.ts';

/** What of a session is worth keeping for the next start: where the user was and what was filtered. */
export function saveSession({
  place,
  focus,
  filters,
  faultsOnly,
  span,
  paletteHistory,
}: Session): string {
  const kept = Object.fromEntries(Object.entries(filters).filter(([, text]) => text !== ''));
  return JSON.stringify({ place, focus, filters: kept, faultsOnly, span, paletteHistory });
}

/** The session that was kept; what cannot be read of it is left out, never an error. */
export function restoreSession(text: string | null): Session {
  if (text === null) return initialSession;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return initialSession;
  }
  if (!isRecord(value)) return initialSession;
  const place = readPlace(value['place']);
  const focus = readPane(value['focus']) ?? 'hosts';
  const filters = isRecord(value['filters'])
    ? Object.fromEntries(
        Object.entries(value['filters']).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        ),
      )
    : {};
  const history: unknown = value['paletteHistory'];
  const restored = {
    ...initialSession,
    focus,
    filters,
    faultsOnly: value['faultsOnly'] === true,
    span: SPANS.find(({ id }) => id === value['span'])?.id ?? null,
    paletteHistory: Array.isArray(history)
      ? history.filter((text): text is string => typeof text === 'string')
      : [],
  };
  return place ? { ...go(restored, place), back: [] } : restored;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readPane = (value: unknown): PaneId | undefined => PANES.find((pane) => pane === value);

/** Details are not restored: the thing may be gone, and the overview tells more at a start. */
function readPlace(value: unknown): Place | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['kind']) {
    case 'problems':
      return { kind: 'problems' };
    case 'vlan-map':
      return { kind: 'vlan-map' };
    case 'pane': {
      const pane = readPane(value['pane']);
      const tab = value['tab'];
      return pane ? { kind: 'pane', pane, tab: typeof tab === 'number' ? tab : 0 } : undefined;
    }
    default:
      return undefined;
  }
}
