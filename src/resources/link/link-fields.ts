import type { LinkState } from '../../domain/link.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { refuse } from '../../parse/field-rows.ts';
import { parseDecimal } from '../../parse/numbers.ts';

/** `up`, `down`; every other word, and nothing, is not known. */
export const toLinkState = (text: string | null): LinkState =>
  text === 'up' || text === 'down' ? text : 'unknown';

/** One word that does not begin with a digit (`dladm_valid_linkname`); Oracle Solaris puts a zone and a slash before it. */
const LINK_NAME = /^(?:[^\s/]+\/)?[^\s/0-9][^\s/]*$/;

/** The link of a row. What can be none tells that the row is that of another program. */
export function readLinkName(row: FieldRow, field = 'link'): string | Refused {
  const name = row.read(field);
  if (name === null) return refuse(`no ${field} name`);
  return LINK_NAME.test(name) ? name : refuse(`not the name of a link: ${name}`);
}

/** A list of links: dladm parts them by a blank or a comma. */
export const toLinkNames = (text: string | null): readonly string[] =>
  (text ?? '').split(/[ ,]+/).filter((name) => name !== '' && name !== '--');

/** Mb/s, as a number alone or with a unit: `1000`, `1000Mb`, `10Gb`. 0 is what a link that is down prints. */
export function toSpeedMbps(text: string | null): number | null {
  const match = /^([0-9.]{1,12})([MG]b?)?$/i.exec(text ?? '');
  const speed = match ? parseDecimal(match[1] ?? '') : null;
  if (speed === null) return null;
  return match?.[2]?.toUpperCase().startsWith('G') ? speed * 1000 : speed;
}

/** A VLAN id; Oracle Solaris prints a list, of which the first is the link's own. 0 = untagged. */
export function toVlanId(text: string | null): number | null {
  const match = /^([0-9]{1,4})(?:,|$)/.exec(text ?? '');
  const id = match ? Number(match[1]) : null;
  return id !== null && id < 4096 ? id : null;
}
