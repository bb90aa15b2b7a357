import { formatMessages, formatSyslogDate } from './commands/format.ts';
import type { HostModel } from './model/host.ts';
import { globalServices, GLOBAL, logFileOf, zoneServices } from './model/services.ts';
import type { ServiceModel } from './model/services.ts';
import { maintenanceEntry } from './model/system-state.ts';

const MESSAGES = '/var/adm/messages';
const SERVICE_LOGS = '/var/svc/log/';
/** How often svc.startd(8) starts what fails at once before it gives up. */
const STARTS = 3;

/** What stands in a log of a host or of one of its zones; undefined when there is no such file. */
export function readLog(
  host: HostModel,
  zoneName: string,
  path: string,
  now: number,
): string | undefined {
  if (path !== MESSAGES && !path.startsWith(SERVICE_LOGS)) return undefined;
  const zone = host.zones.get(zoneName);
  const services =
    zoneName === GLOBAL ? globalServices(host) : zone ? zoneServices(host, zone, now) : [];
  if (path === MESSAGES) {
    if (zoneName === GLOBAL) return formatMessages(host.plan.name, host.system.log);
    return formatMessages(
      zoneName,
      services.flatMap(({ fmri, state, since }) =>
        state === 'maintenance' ? [maintenanceEntry(fmri, since)] : [],
      ),
    );
  }
  const service = services.find(({ fmri }) => logFileOf(fmri) === path);
  return service && service.state !== 'disabled' ? methodLog(service) : undefined;
}

/** What svc.startd(8) writes of a service's methods. */
function methodLog({ fmri, state, since }: ServiceModel): string {
  const method = `/lib/svc/method/${fmri.replace(/^.*\/|:.*$/g, '')}`;
  const line = (text: string): string => `[ ${formatSyslogDate(since)} ${text} ]\n`;
  const start = line(`Executing start method ("${method} start").`);
  if (state === 'maintenance')
    return `${(start + line('Method "start" exited with status 1.')).repeat(STARTS)}${line(
      'Method "start" failed repeatedly, changing state to maintenance.',
    )}`;
  return `${line('Enabled.')}${start}${line('Method "start" exited with status 0.')}`;
}
