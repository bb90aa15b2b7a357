import type { PaneViews } from './model.ts';
import { SPANS } from './paint/chart.ts';
import { allColumns } from './paint/columns.ts';
import { go, initialSession, PANES, placeKey } from './session.ts';
import type { PaneId, Place, Session } from './session.ts';
import type { SortState } from './table/sorting.ts';

/** What of a session is worth keeping for the next start: where the user was, and what tables were made to show. */
export function saveSession(
  { place, focus, filters, sorts, columns, faultsOnly, span, paletteHistory }: Session,
  views: PaneViews,
): string {
  const names = new Map(
    tabsOf(views).map(({ place: tab, name }) => [placeKey(tab), name] as const),
  );
  // Tabs are named, not numbered: the next version may have others before them.
  const kept = Object.entries(filters)
    .filter(([key, text]) => text !== '' && !/^(?:log|document)\./u.test(key))
    .map(([key, text]) => [names.get(key) ?? key, text] as const);
  const named = place.kind === 'pane' ? { ...place, view: names.get(placeKey(place)) } : place;
  return JSON.stringify({
    place: named,
    focus,
    filters: Object.fromEntries(kept),
    sorts,
    // How far a table is scrolled sideways is of the moment.
    columns: Object.fromEntries(
      Object.entries(columns).flatMap(([view, choice]) =>
        choice.columns === null ? [] : [[view, choice.columns]],
      ),
    ),
    faultsOnly,
    span,
    paletteHistory,
  });
}

/** The tabs of all panes with the names under which they are kept: `cluster/pods`. */
const tabsOf = (views: PaneViews): readonly { readonly place: TabPlace; readonly name: string }[] =>
  PANES.flatMap((pane) =>
    views[pane].map(({ id }, tab) => ({
      place: { kind: 'pane' as const, pane, tab },
      name: `${pane}/${id}`,
    })),
  );
type TabPlace = Extract<Place, { kind: 'pane' }>;

/** The session that was kept; what cannot be read of it is left out, never an error. */
export function restoreSession(text: string | null, views: PaneViews): Session {
  if (text === null) return initialSession;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return initialSession;
  }
  if (!isRecord(value)) return initialSession;
  const tabs = tabsOf(views);
  const place = readPlace(value['place'], tabs);
  const focus = readPane(value['focus']) ?? 'hosts';
  const filters = isRecord(value['filters'])
    ? Object.fromEntries(
        Object.entries(value['filters'])
          .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
          .map(([name, filter]) => {
            const tab = tabs.find((each) => each.name === name)?.place;
            return [tab ? placeKey(tab) : name, filter];
          }),
      )
    : {};
  const history: unknown = value['paletteHistory'];
  const sorts = isRecord(value['sorts']) ? Object.entries(value['sorts']) : [];
  const columns = isRecord(value['columns']) ? Object.entries(value['columns']) : [];
  const restored = {
    ...initialSession,
    focus,
    filters,
    sorts: Object.fromEntries(sorts.map(([view, keys]) => [view, readSort(keys)])),
    columns: Object.fromEntries(
      columns.map(([view, ids]) => [view, { ...allColumns, columns: readTexts(ids) }]),
    ),
    faultsOnly: value['faultsOnly'] === true,
    span: SPANS.find(({ id }) => id === value['span'])?.id ?? null,
    paletteHistory: readTexts(history),
  };
  return place ? { ...go(restored, place), back: [] } : restored;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readTexts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];

/** Columns that there are no more are left out where rows are sorted. */
const readSort = (value: unknown): SortState =>
  (Array.isArray(value) ? value : []).flatMap((key: unknown) =>
    isRecord(key) && typeof key['column'] === 'string'
      ? [{ column: key['column'], descending: key['descending'] === true }]
      : [],
  );

const readPane = (value: unknown): PaneId | undefined => PANES.find((pane) => pane === value);

/** Details are not restored: the thing may be gone, and the overview tells more at a start. */
function readPlace(value: unknown, tabs: ReturnType<typeof tabsOf>): Place | undefined {
  if (!isRecord(value)) return undefined;
  switch (value['kind']) {
    case 'problems':
      return { kind: 'problems' };
    case 'vlan-map':
      return { kind: 'vlan-map' };
    case 'pane': {
      const pane = readPane(value['pane']);
      if (!pane) return undefined;
      const found = tabs.find(({ name }) => name === value['view'])?.place;
      return found ?? { kind: 'pane', pane, tab: 0 };
    }
    default:
      return undefined;
  }
}
