import { openCountingTerminal, shownOf } from '../../test/support/counting-terminal.ts';
import { SCENES, sharedLab } from '../../test/support/scenes.ts';
import { renderSvg } from './svg.ts';

type Picture = {
  readonly scene: string;
  readonly title: string;
  readonly cols: number;
  readonly rows: number;
};

/** The pictures of the README by the names of their files. */
export const PICTURES: Readonly<Record<string, Picture>> = {
  overview: {
    scene: 'overview-host-down',
    title: 'The overview while a host is down: one problem, with what it folds',
    cols: 120,
    rows: 40,
  },
  zones: { scene: 'zones', title: 'Zones, the faulty one first', cols: 120, rows: 34 },
  problems: {
    scene: 'problems',
    title: 'What is wrong, since when, and why',
    cols: 120,
    rows: 30,
  },
  host: { scene: 'host', title: 'A host in detail', cols: 120, rows: 40 },
  vlans: { scene: 'vlan-map', title: 'Every VLAN on every host', cols: 120, rows: 40 },
  cluster: {
    scene: 'cluster-host-down',
    title: 'The cluster from both sides while one of its hosts is down',
    cols: 120,
    rows: 40,
  },
  confirm: {
    scene: 'confirm-guarded',
    title: 'A confirmation with the exact command and the reason why it is guarded',
    cols: 100,
    rows: 30,
  },
};

/** The SVG of a picture; null if there is none of the name. Ink must have been loaded with FORCE_COLOR=3. */
export async function drawPicture(name: string): Promise<string | null> {
  const picture = PICTURES[name];
  const scene = picture && SCENES[picture.scene];
  if (!picture || !scene) return null;
  const lab = await sharedLab(scene.scenario);
  const terminal = await openCountingTerminal({
    cols: picture.cols,
    rows: picture.rows,
    shown: () => shownOf(lab),
  });
  try {
    await scene.open(terminal);
    return renderSvg(terminal.buffer(), terminal.styles, terminal.theme(), picture.title);
  } finally {
    terminal.close();
  }
}
