import { describe, expect, it } from 'vitest';
import type { PoolHealth } from '../../../src/domain/pool.ts';
import { fmadmFaulty, parseFmadmFaulty } from '../../../src/resources/host/fmadm-faulty.command.ts';
import { parseMessages } from '../../../src/resources/host/messages.command.ts';
import { answered, makeHost } from '../../derive/inventory.ts';
import { poolEntry } from '../../support/pools.ts';

const RULE = '--------------- ------------------------------------  -------------- ---------';
const HEADER = `${RULE}\nTIME            EVENT-ID                              MSG-ID         SEVERITY\n${RULE}\n`;
const DISK = `${HEADER}Nov 20 10:02:55 0f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11  ZFS-8000-FD    Major     

Host        : store1
Platform    : X11SDV   Chassis_id  : 0123456789
Product_sn  : 

Fault class : fault.fs.zfs.vdev.io
Affects     : zfs://pool=tank/vdev=3706b5d93e20f727
                  faulted and taken out of service
Problem in  : zfs://pool=tank/vdev=3706b5d93e20f727
                  faulted and taken out of service

Description : The number of I/O errors associated with a ZFS device exceeded
                    acceptable levels.  Refer to
              http://illumos.org/msg/ZFS-8000-FD for more information.

Response    : The device has been offlined and marked as faulted.

Impact      : Fault tolerance of the pool may be compromised.

Action      : Run 'zpool status -x' and replace the bad device.

`;

describe('fmadm faulty', () => {
  it('says nothing when nothing is wrong', () => {
    expect(parseFmadmFaulty('')).toEqual({ value: [], complaints: [] });
  });

  it('reads a case with its paragraphs, each on one line', () => {
    expect(parseFmadmFaulty(DISK)).toEqual({
      complaints: [],
      value: [
        {
          id: '0f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11',
          messageId: 'ZFS-8000-FD',
          severity: 'Major',
          timeText: 'Nov 20 10:02:55',
          classes: ['fault.fs.zfs.vdev.io'],
          affects: ['zfs://pool=tank/vdev=3706b5d93e20f727'],
          fru: null,
          description:
            'The number of I/O errors associated with a ZFS device exceeded acceptable levels. Refer to http://illumos.org/msg/ZFS-8000-FD for more information.',
          response: 'The device has been offlined and marked as faulted.',
          impact: 'Fault tolerance of the pool may be compromised.',
          action: "Run 'zpool status -x' and replace the bad device.",
        },
      ],
    });
  });

  it('reads several cases, also of an older event without its time of day', () => {
    const old = DISK.replace('Nov 20 10:02:55', 'Jan 19 2025    ').replace('0f3c2a8e', '1f3c2a8e');
    const { value, complaints } = parseFmadmFaulty(DISK + old);
    expect(value.map(({ timeText }) => timeText)).toEqual(['Nov 20 10:02:55', 'Jan 19 2025']);
    expect(complaints).toEqual([]);
  });

  it('reads rows alone, as -s prints them, and the word injected', () => {
    const { value } = parseFmadmFaulty(
      `${HEADER}Sep  1 01:02:03 2f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11  PCIEX-8000-KP  Critical  injected\n`,
    );
    expect(value).toMatchObject([{ messageId: 'PCIEX-8000-KP', severity: 'Critical' }]);
  });

  it('keeps several classes without their shares, and a part that can be replaced', () => {
    const { value } = parseFmadmFaulty(
      DISK.replace(
        'Fault class : fault.fs.zfs.vdev.io',
        'Fault class : fault.memory.dimm_sb max 50%\n              fault.memory.bank 25%\nFRU         : "CPU 0 DIMM 0" (hc://chip=0/dimm=0)\n                  faulty',
      ),
    );
    expect(value[0]?.classes).toEqual(['fault.memory.dimm_sb', 'fault.memory.bank']);
    expect(value[0]?.fru).toBe('"CPU 0 DIMM 0" (hc://chip=0/dimm=0)');
  });

  it('complains of what belongs to no case, and loses nothing behind it', () => {
    const { value, complaints } = parseFmadmFaulty(`fmd is restarting\n${DISK}`);
    expect(value).toHaveLength(1);
    expect(complaints).toEqual([
      { line: 1, text: 'fmd is restarting', reason: 'expected the row of a case' },
    ]);
  });
});

it('reads labels with a full stop, and those that Oracle Solaris indents beneath a suspect', () => {
  const text = `${HEADER}Jun 27 13:10:46 5d1b7a0e-9f3c-4f3e-8a55-0c1d2e3f4a5b  ZFS-8000-LR    Major

Problem Status    : open
Serial ID.  :  Z1F0ABCD
Suspect 1 of 1 :
   Problem class : fault.fs.zfs.open_failed
   Certainty   : 100%
   Affects     : zfs://pool=8f1a2b3c
   Status      : faulted and taken out of service

Description : A device in pool 'tank' failed to open.
`;
  expect(parseFmadmFaulty(text)).toMatchObject({
    value: [
      {
        classes: ['fault.fs.zfs.open_failed'],
        affects: ['zfs://pool=8f1a2b3c'],
        description: "A device in pool 'tank' failed to open.",
      },
    ],
    complaints: [],
  });
});

it('passes over what Oracle Solaris tells of the machine, but no such line where no case is', () => {
  const machine = `System
    Manufacturer      : unknown
    Part_Number       :
    Host_ID           : 1a2b3c4d
Chassis
    Name              : unknown
`;
  const row = 'Jun 27 13:10:46 5d1b7a0e-9f3c-4f3e-8a55-0c1d2e3f4a5b  ZFS-8000-LR    Major\n';
  const text = `${HEADER}${row}
Problem Status    : open
Diag Engine       : zfs-diagnosis / 1.0
${machine}
----------------------------------------
Suspect 1 of 1 :
   Problem class : fault.fs.zfs.open_failed
`;
  const { value, complaints } = parseFmadmFaulty(text);
  expect(value).toMatchObject([{ classes: ['fault.fs.zfs.open_failed'], affects: [] }]);
  expect(complaints).toEqual([]);
  expect(parseFmadmFaulty(machine).complaints).toHaveLength(6);
});

it('reads cases that are the same but for their time as one, and lists that were shortened', () => {
  const text = `${HEADER}Nov 20 10:02:55 0f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11  PCIEX-8000-KP  Major     
Nov 19 09:00:00 1f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11
... 7 more entries suppressed
Jan 19 2025     2f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11

Host        : omni1\tDomain      : ldom1
Platform    : X11SDV\tChassis_id  : 0123456789
Product_sn  : 

Fault class : fault.io.pciex.device-interr-corr max 50%
              fault.io.pciex.bus-linkerr-corr 25%
Affects     : dev:////pci@0,0/pci8086,43bc@1c
              dev:////pci@0,0/pci8086,43bd@1d
                  service degraded, but associated components no longer faulty
              dev:////pci@0,0/pci8086,43be@1e
                  out of service, but associated components no longer faulty
              dev:////pci@0,0/pci8086,43bf@1f
                  faulted but still providing degraded service
             ... 3 more entries suppressed, use -v option for full list
FRU         : "MB" (hc://:product-id=X11SDV/motherboard=0) 50%
                  repair attempted
Serial ID.  : 4711

Description : Too many recovered bus errors have been detected.
`;
  expect(parseFmadmFaulty(text)).toMatchObject({
    value: [
      {
        id: '0f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11',
        timeText: 'Nov 20 10:02:55',
        classes: ['fault.io.pciex.device-interr-corr', 'fault.io.pciex.bus-linkerr-corr'],
        affects: [
          'dev:////pci@0,0/pci8086,43bc@1c',
          'dev:////pci@0,0/pci8086,43bd@1d',
          'dev:////pci@0,0/pci8086,43be@1e',
          'dev:////pci@0,0/pci8086,43bf@1f',
        ],
        fru: '"MB" (hc://:product-id=X11SDV/motherboard=0)',
      },
    ],
    complaints: [],
  });
});

describe('is asked again', () => {
  const follows = (log: string, health: PoolHealth = 'ONLINE') =>
    fmadmFaulty.follows?.(
      makeHost('store1', {
        messages: answered(parseMessages(log).value),
        pools: answered([poolEntry({ health })]),
      }),
    );
  const told =
    'Nov 20 10:02:55 store1 fmd: [ID 377184 daemon.error] SUNW-MSG-ID: ZFS-8000-FD, TYPE: Fault, VER: 1, SEVERITY: Major\n';
  const other = 'Nov 20 10:02:56 store1 sshd[811]: [ID 800047 auth.info] Accepted publickey\n';

  it('when the log tells of a diagnosis, and not when it tells something else', () => {
    expect(follows(other)).not.toBe(follows(told));
    expect(follows(told + other)).toBe(follows(told));
    expect(follows(told + told.replace('10:02:55', '10:03:55'))).not.toBe(follows(told));
  });

  it('when a pool is no longer what it was', () => {
    expect(follows(other, 'DEGRADED')).not.toBe(follows(other));
  });
});
