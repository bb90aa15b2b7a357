import type { Program } from '../machine.ts';
import { beadm } from './beadm.ts';
import { chronyc } from './chronyc.ts';
import { dladm } from './dladm.ts';
import { dumpadm } from './dumpadm.ts';
import { fmadm } from './fmadm.ts';
import { fmtopo } from './fmtopo.ts';
import { iostat } from './iostat.ts';
import { ipadm } from './ipadm.ts';
import { ipmitool } from './ipmitool.ts';
import { kstat } from './kstat.ts';
import { ls } from './ls.ts';
import { arp, netstat } from './netstat.ts';
import { pfexec } from './pfexec.ts';
import { auths, profiles } from './profiles.ts';
import { ps } from './ps.ts';
import { smartctl } from './smartctl.ts';
import { stty, tty } from './stty.ts';
import { svcs } from './svcs.ts';
import {
  date,
  env,
  hostid,
  hostname,
  id,
  prtconf,
  psrinfo,
  sleep,
  swap,
  uname,
  uptime,
  zonename,
} from './system.ts';
import { cat, head, tail } from './text-programs.ts';
import { zfs } from './zfs.ts';
import { zlogin } from './zlogin.ts';
import { zoneadm } from './zoneadm.ts';
import { zonecfg } from './zonecfg.ts';
import { zpool } from './zpool.ts';

/** Every program of a lab host. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map(
  [
    arp,
    auths,
    beadm,
    cat,
    chronyc,
    date,
    dladm,
    dumpadm,
    env,
    fmadm,
    fmtopo,
    head,
    hostid,
    hostname,
    id,
    iostat,
    ipadm,
    ipmitool,
    kstat,
    ls,
    netstat,
    pfexec,
    profiles,
    prtconf,
    ps,
    psrinfo,
    sleep,
    smartctl,
    stty,
    svcs,
    swap,
    tail,
    tty,
    uname,
    uptime,
    zfs,
    zlogin,
    zoneadm,
    zonecfg,
    zonename,
    zpool,
  ].map((program) => [program.name, program]),
);
