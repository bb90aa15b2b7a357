import { entry } from './described-lines.ts';
import type { Entry } from './described-lines.ts';
import { NONE, pairs, scalar } from './described-parts.ts';
import { isTrueAt, keysAt, listAt, numberAt, textAt, valueAt } from './json-fields.ts';

/** What a pod's spec says of a container: image, command, resources, probes, environment, mounts. */
export function containerEntries(container: unknown): readonly Entry[] {
  const ports = listAt(container, 'ports').map(
    (port) => `${numberAt(port, 'containerPort') ?? ''}/${textAt(port, 'protocol') ?? 'TCP'}`,
  );
  const words = (field: string): readonly Entry[] => {
    const list = listAt(container, field).map(scalar);
    return list.length === 0
      ? []
      : [entry(field === 'args' ? 'Args' : 'Command', list.join(' ').split('\n'))];
  };
  return [
    entry('Image', textAt(container, 'image') ?? NONE),
    ...(ports.length === 0 ? [] : [entry('Ports', ports.join(', '))]),
    ...words('command'),
    ...words('args'),
    entry('Limits', resourceText(container, 'limits')),
    entry('Requests', resourceText(container, 'requests')),
    ...['liveness', 'readiness', 'startup'].flatMap((kind) => {
      const probe = valueAt(container, `${kind}Probe`);
      const label = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
      return probe === undefined ? [] : [entry(label, probeText(probe))];
    }),
    entry('Environment', environmentTexts(container)),
    entry('Mounts', mountTexts(container)),
  ];
}

const resourceText = (container: unknown, field: string): string =>
  pairs(container, ['resources', field], ' ').join(', ') || NONE;

/** `http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3`. */
function probeText(probe: unknown): string {
  const get = valueAt(probe, 'httpGet');
  const tcp = valueAt(probe, 'tcpSocket');
  const exec = listAt(probe, 'exec', 'command').map(scalar);
  const grpc = valueAt(probe, 'grpc');
  const port = (of: unknown): string => scalar(valueAt(of, 'port'));
  const what =
    get !== undefined
      ? `http-get ${(textAt(get, 'scheme') ?? 'HTTP').toLowerCase()}://${textAt(get, 'host') ?? ''}:${port(get)}${textAt(get, 'path') ?? ''}`
      : tcp !== undefined
        ? `tcp-socket ${textAt(tcp, 'host') ?? ''}:${port(tcp)}`
        : grpc !== undefined
          ? `grpc :${port(grpc)}`
          : `exec [${exec.join(' ')}]`;
  const seconds = (field: string, fallback: number): number => numberAt(probe, field) ?? fallback;
  return [
    what,
    `delay=${seconds('initialDelaySeconds', 0)}s`,
    `timeout=${seconds('timeoutSeconds', 1)}s`,
    `period=${seconds('periodSeconds', 10)}s`,
    `#success=${seconds('successThreshold', 1)}`,
    `#failure=${seconds('failureThreshold', 3)}`,
  ].join(' ');
}

/** Names with their values, or where these come from; values of Secrets are never read. */
function environmentTexts(container: unknown): readonly string[] {
  const from = listAt(container, 'envFrom').flatMap((source) => {
    const secret = textAt(source, 'secretRef', 'name');
    const map = textAt(source, 'configMapRef', 'name');
    return secret !== null
      ? [`all of Secret ${secret}`]
      : map !== null
        ? [`all of ConfigMap ${map}`]
        : [];
  });
  const own = listAt(container, 'env').map((variable) => {
    const name = textAt(variable, 'name') ?? '';
    const source = valueAt(variable, 'valueFrom');
    const [kind] = keysAt(source);
    if (kind === undefined) return `${name}: ${textAt(variable, 'value') ?? ''}`;
    const key =
      textAt(source, kind, 'key') ??
      textAt(source, kind, 'fieldPath') ??
      textAt(source, kind, 'resource') ??
      '';
    const of = textAt(source, kind, 'name');
    return `${name}: <${kind.replace(/(?:Key)?Ref$/u, '')} ${of === null ? '' : `${of} `}${key}>`;
  });
  return [...from, ...own];
}

const mountTexts = (container: unknown): readonly string[] =>
  listAt(container, 'volumeMounts').map((mount) => {
    const path = textAt(mount, 'subPath');
    const mode = isTrueAt(mount, 'readOnly') ? 'ro' : 'rw';
    return `${textAt(mount, 'mountPath') ?? ''} from ${textAt(mount, 'name') ?? ''} (${mode}${path === null ? '' : `, path=${path}`})`;
  });

/** Volumes of a pod's spec, each with its source. */
export const volumeEntries = (spec: unknown): readonly Entry[] =>
  listAt(spec, 'volumes').map((volume) => {
    const kind = keysAt(volume).find((key) => key !== 'name') ?? 'emptyDir';
    const source = valueAt(volume, kind);
    const facts = keysAt(source).flatMap((key) => {
      const text = scalar(valueAt(source, key));
      return text === '' ? [] : [`${key} ${text}`];
    });
    const parts = listAt(source, 'sources').flatMap((part) => keysAt(part));
    return entry(textAt(volume, 'name') ?? '', [kind, ...facts, ...parts].join(', '));
  });

/** `key=value:effect op=Exists for 300s`. */
export const tolerationTexts = (spec: unknown): readonly string[] =>
  listAt(spec, 'tolerations').map((toleration) => {
    const key = textAt(toleration, 'key') ?? '';
    const value = textAt(toleration, 'value');
    const effect = textAt(toleration, 'effect');
    const operator = textAt(toleration, 'operator');
    const seconds = numberAt(toleration, 'tolerationSeconds');
    return [
      `${key}${value === null ? '' : `=${value}`}${effect === null ? '' : `:${effect}`}`,
      ...(operator === null || operator === 'Equal' ? [] : [`op=${operator}`]),
      ...(seconds === null ? [] : [`for ${seconds}s`]),
    ]
      .join(' ')
      .trim();
  });
