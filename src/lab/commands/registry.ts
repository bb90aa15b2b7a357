import type { Program } from '../machine.ts';
import { dladm } from './dladm.ts';
import { fmadm } from './fmadm.ts';
import { iostat } from './iostat.ts';
import { ipadm } from './ipadm.ts';
import { kstat } from './kstat.ts';
import { ps } from './ps.ts';
import { stty, tty } from './stty.ts';
import { svcs } from './svcs.ts';
import {
  date,
  env,
  hostid,
  hostname,
  id,
  pfexec,
  prtconf,
  psrinfo,
  sleep,
  swap,
  uname,
  uptime,
  zonename,
} from './system.ts';
import { cat, head } from './text-programs.ts';
import { zfs } from './zfs.ts';
import { zlogin } from './zlogin.ts';
import { zoneadm } from './zoneadm.ts';
import { zonecfg } from './zonecfg.ts';
import { zpool } from './zpool.ts';

/** Every program of a lab host. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map(
  [
    cat,
    date,
    dladm,
    env,
    fmadm,
    head,
    hostid,
    hostname,
    id,
    iostat,
    ipadm,
    kstat,
    pfexec,
    prtconf,
    ps,
    psrinfo,
    sleep,
    stty,
    svcs,
    swap,
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
