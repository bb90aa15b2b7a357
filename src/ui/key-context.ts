import type { KeyContext } from './keymap.ts';
import { isPage } from './model.ts';
import type { PaneViews } from './model.ts';
import type { Session } from './session.ts';

/** Where keys go. */
export function keyContext({ dialog, typing, place }: Session, views: PaneViews): KeyContext {
  switch (dialog?.kind) {
    case 'help':
    case 'confirm':
      return dialog.kind;
    case 'palette':
    case 'menu':
      return 'list';
    case 'question':
    case 'unlock':
      return 'typing';
    case 'blocked':
    case 'own-path':
      return 'notice';
    case undefined:
  }
  if (typing) return 'typing';
  switch (place.kind) {
    case 'overview':
      return 'overview';
    case 'pane':
      return isPage(views, place) ? 'detail' : 'table';
    case 'problems':
      return 'problems';
    case 'vlan-map':
      return 'map';
    case 'detail':
      return 'detail';
    case 'log':
    case 'document':
      return place.kind;
  }
}
