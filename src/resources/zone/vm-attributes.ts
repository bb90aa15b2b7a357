import { ownText } from '../../domain/own-text.ts';
import type { VmConfig } from '../../domain/zone.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';

const MEBIBYTE = 2 ** 20;
/** What brand bhyve takes when the attribute is missing. */
const BHYVE_VCPUS = 1;
const BHYVE_RAM_BYTES = 2 ** 30;
const ZVOL_FOLDER = /^\/dev\/zvol\/r?dsk\//;

/**
 * The hardware of a virtual machine from the attributes of its zone (brands bhyve, kvm, emu) and the `match` of
 * its devices. No other attribute is looked at: `password`, `sshkey` and the like may be secret, and of `cloud-init`
 * only whether it is one is kept.
 */
export function readVmAttributes(
  brand: string,
  attributes: ReadonlyMap<string, string>,
  deviceMatches: readonly string[],
): VmConfig {
  const vcpus = attributes.get('vcpus');
  const ram = attributes.get('ram');
  const isBhyve = brand === 'bhyve';
  return {
    vcpus: vcpus === undefined ? (isBhyve ? BHYVE_VCPUS : null) : readVcpus(vcpus),
    ramBytes:
      ram === undefined ? (isBhyve ? BHYVE_RAM_BYTES : null) : parseSizeBytes(ram, MEBIBYTE),
    disks: readDisks(attributes, deviceMatches),
    vnc: readVnc(attributes.get('vnc')),
    bootrom: word(attributes.get('bootrom')),
    bootOrder: word(attributes.get('bootorder')),
    cloudInit: readCloudInit(attributes.get('cloud-init')),
    guestType: word(attributes.get('type')),
    diskInterface: word(attributes.get('diskif')),
    netInterface: word(attributes.get('netif')),
    passedThrough: [...attributes]
      .filter(([name]) => /^ppt[0-9]{1,3}$/.test(name))
      .flatMap(([name, value]) => (isOff(value) ? [] : [name])),
  };
}

const isOn = (text: string): boolean => /^(?:on|true|yes|1)$/i.test(text);
const isOff = (text: string): boolean => /^(?:off|false|no|0)$/i.test(text);

/** A value that is a name or a list of names; anything else is not kept. */
const word = (text: string | undefined): string | null =>
  text !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.,+-]{0,63}$/.test(text) ? ownText(text) : null;

function readCloudInit(text: string | undefined): VmConfig['cloudInit'] {
  if (text === undefined || text === '') return null;
  return isOn(text) ? 'on' : isOff(text) ? 'off' : 'custom';
}

/** `4`, or bhyve(8)'s topology `[cpus=]n,sockets=n,cores=n,threads=n`, of which any part may be missing. */
function readVcpus(text: string): number | null {
  const topology = new Map<string, number | null>();
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    topology.set(
      at === -1 ? 'cpus' : part.slice(0, at).trim(),
      parseWhole(part.slice(at + 1).trim()),
    );
  }
  if (topology.has('cpus')) return topology.get('cpus') ?? null;
  let count = 1;
  for (const key of ['sockets', 'cores', 'threads']) {
    const factor = topology.has(key) ? topology.get(key) : 1;
    if (factor === null || factor === undefined) return null;
    count *= factor;
  }
  return ['sockets', 'cores', 'threads'].some((key) => topology.has(key)) ? count : null;
}

/** Dataset names of zvols: `bootdisk`, `disk`, `disk0` and so on by number, then devices that are not among them. */
function readDisks(
  attributes: ReadonlyMap<string, string>,
  deviceMatches: readonly string[],
): readonly string[] {
  const numbered = [...attributes.keys()]
    .filter((name) => /^disk[0-9]{1,4}$/.test(name))
    .toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
  const named = ['bootdisk', 'disk', ...numbered].flatMap((name) => {
    // Options may follow the path: `rpool/vm/disk0,serial=1`.
    const [dataset = ''] = (attributes.get(name) ?? '').split(',');
    return dataset === '' ? [] : [dataset.replace(ZVOL_FOLDER, '')];
  });
  const devices = deviceMatches
    .filter((match) => ZVOL_FOLDER.test(match) && !match.includes('*'))
    .map((match) => match.replace(ZVOL_FOLDER, ''));
  return [...new Set([...named, ...devices].map(ownText))];
}

/**
 * `on`, `off`, or options such as `unix=/tmp/vm.vnc,w=1024,h=768,wait`. Only options that are known to be harmless
 * are kept: `password=` may be among them.
 */
function readVnc(text: string | undefined): string | null {
  const kept = (text ?? '')
    .split(',')
    .map((option) => option.trim())
    .filter((option) =>
      /^(?:on|off|true|false|yes|no|[01]|wait|(?:unix|tcp|rfb|w|h)=.*)$/.test(option),
    );
  return kept.length > 0 ? kept.join(',') : null;
}
