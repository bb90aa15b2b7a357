import { bytes, count, duration, UNKNOWN } from '../../domain/format.ts';
import { isOver } from '../../domain/kubevirt.ts';
import type { KubevirtMachine } from '../../domain/kubevirt.ts';
import { nodeRef, storageRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, DetailLine } from '../../domain/view.ts';

/** How far a migration is, or whether the guest's agent answers. */
export function migrationText({ migration, instance }: KubevirtMachine): string {
  if (migration?.phase === 'Failed') return 'not moved';
  if (migration && !isOver(migration)) return migration.phase ?? 'Pending';
  if (!instance) return '';
  return instance.hasAgent === true ? 'agent' : 'no agent';
}

const line = (label: string, text: string, more: Partial<DetailLine> = {}): DetailLine => ({
  label,
  text,
  ...more,
});

const yesNo = (value: boolean | null | undefined): string =>
  value === null || value === undefined ? UNKNOWN : value ? 'yes' : 'no';

/** What is known of a virtual machine of KubeVirt, with its newest migration step by step. */
export function machineDetail(vm: KubevirtMachine, now: EpochMs): readonly DetailBlock[] {
  const { instance, machine, cluster, namespace } = vm;
  return [
    {
      title: 'Machine',
      lines: [
        line('state', vm.fresh ? vm.state : `unknown; was ${vm.state}`, {
          tone: vm.sign === 'down' ? 'bad' : vm.sign === 'unknown' ? 'unknown' : 'plain',
        }),
        line('cluster', cluster),
        line('namespace', namespace),
        line('node', vm.node ?? '-', vm.node === null ? {} : { ref: nodeRef(cluster, vm.node) }),
        line('vcpus', count(vm.vcpus)),
        line('ram', bytes(vm.memoryBytes)),
        line('run strategy', machine?.runStrategy ?? UNKNOWN),
        line('up', instance?.startedAt ? duration(now - instance.startedAt) : '-'),
      ],
    },
    ...(instance
      ? [
          {
            title: 'Guest',
            lines: [
              line('system', instance.guest ?? UNKNOWN),
              line('agent', yesNo(instance.hasAgent)),
              line('address', instance.ip ?? UNKNOWN),
              line('can migrate', yesNo(instance.isMigratable)),
            ],
          },
        ]
      : []),
    {
      title: 'Disks',
      lines: ((instance ?? machine)?.claims ?? []).map((claim) =>
        line('claim', claim, {
          ref: storageRef(cluster, 'PersistentVolumeClaim', `${namespace}/${claim}`),
        }),
      ),
    },
    ...migrationBlock(vm, now),
  ];
}

function migrationBlock(vm: KubevirtMachine, now: EpochMs): readonly DetailBlock[] {
  const { migration, instance, cluster } = vm;
  if (!migration) return [];
  const isOwn = instance?.migration?.uid === migration.uid;
  const state = migration.state ?? (isOwn ? instance?.migration : null) ?? null;
  const node = (label: string, name: string | null | undefined): DetailLine =>
    line(label, name ?? '-', name ? { ref: nodeRef(cluster, name) } : {});
  const took = state?.startedAt ? duration((state.endedAt ?? now) - state.startedAt) : null;
  return [
    {
      title: `Migration ${migration.name}`,
      lines: [
        line('phase', migration.phase ?? 'not seen by a controller yet', {
          tone: migration.phase === 'Failed' ? 'bad' : isOver(migration) ? 'plain' : 'warn',
        }),
        node('from', state?.source),
        node('to', state?.target),
        ...(state?.mode ? [line('mode', state.mode)] : []),
        ...(took === null ? [] : [line(state?.endedAt ? 'took' : 'copies for', took)]),
        ...(state?.reason ? [line('reason', state.reason, { tone: 'bad' })] : []),
        ...migration.phases.map(({ phase, at }) =>
          line(phase, at === null ? UNKNOWN : `${duration(now - at)} ago`, { tone: 'muted' }),
        ),
      ],
    },
  ];
}
