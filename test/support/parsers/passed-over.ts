import type { HostCommand } from '../../../src/domain/command.ts';

/** Lines that may be there or not: titles, rulers, marks, and of what is asked those parts that nobody is shown. */
const PASSED_OVER: Readonly<Record<string, RegExp>> = {
  // The global zone is no zone of the list.
  'zoneadm-list': /^[^:]*:global:/,
  'svcs-zones':
    /^\s*(?:global|ZONE)\s|^\s+(?:svc|lrc):|^ {8}\S|^\s*(?:Reason|Alias|Path|See|State|Zone|Impact)\s*:|^svc:/,
  svcs: /^\s*(?:ZONE|STATE)\s|^\s+(?:svc|lrc):|^ {8}\S|^\s*(?:Reason|Alias|Path|See|State|Zone|Impact)\s*:/,
  // A fixed choice is kept: values may be secrets.
  'zonecfg-export':
    /^\s*(?:create|set|add|end|clear|remove|delete|select|verify|commit|exit)(?!\S)/,
  'zone-components': /^/,
  // Only what leads to the client is kept.
  'ssh-session': /^/,
  'zone-certificates': /^/,
  'host-identity': /^\s*(?:#|[A-Z][A-Z0-9_]*=)/,
  // Not every paragraph is kept; what is said twice counts once.
  'fmadm-faulty': /^(?:System|Chassis)$|^\s+\S|^[A-Z][\w. ]*:|^[- ]{20,}$|^TIME\s+EVENT-ID/,
  // What one that knows no JSON says of itself, beside the one line that is a complaint.
  smartctl: /^(?:smartctl [0-9]|Copyright \(C\) |Use smartctl -h )/,
  fmtopo: /^\s+\S+\s+\S|^TIME|^[A-Z][a-z]{2} +[0-9]|^hc:/,
  'zpool-status':
    /^(?:READ|WRITE|CKSUM|SLOW|bucket|refcnt)\b|^[-_]{6} |^\s*(?:[a-z ]+:|all pools|no pools|pool ')|^\s|^[0-9]{9,11}$|^[A-Z][a-z]{2}[ ,]/,
  'time-sync': /^\s*remote\s+refid|^=+$/,
  'zone-files': /^\s*total /,
  dumpadm: /^\s*(?:total |[A-Z][a-z]+ [a-z]+\s*:)/,
  'zpool-list': /^no pools available$/,
  'zfs-list': /^no datasets available$/,
  'beadm-list': /^no boot environments/i,
  // What only the calls before the last one tell is left out.
  'dladm-show-phys': /^[^:]*:[^:]*:.*:/,
  'dladm-show-vnic': /^[^:]*:[^:]*:.*:/,
  'dladm-show-aggr': /^[^:]*:[^:]*:/,
  'dladm-show-bridge': /^[^:]*:[a-z][a-z0-9_/-]*:/,
  'dladm-show-linkprop': /^[^:]*:(?:zone|allowed-ips):/,
  // The busiest processes of a zone are kept.
  ps: /^\s*\S+\s+[0-9]+\s+(?:[0-9]+|-)\s|^\s*ZONE\s/,
  // A profile may have no programs.
  profiles: /^ {6}\S/,
  // A counter that is told twice is told once.
  'host-kstats': /^[^:]*:-?[0-9]+:[^:]*:.*\t/,
  'disk-errors': /^[^:]*:-?[0-9]+:[^:]*:.*\t/,
  'vmm-kstats': /^[^:]*:-?[0-9]+:[^:]*:.*\t/,
  'disk-names':
    /(?:Errors|Vendor|Product|Model|Revision|Serial No|Device Id|Size|Media Error|Ready|No Device|Recoverable|Illegal Request|Analysis|Writes):/,
};
const MARK = /=== labtop: /;

/** The lines of a command's answers that need be neither of a value nor in a complaint. */
export function passedOverBy({ id }: Pick<HostCommand, 'id'>): RegExp {
  const own = PASSED_OVER[id];
  return own === undefined ? MARK : new RegExp(`${own.source}|${MARK.source}`, own.flags);
}
