import { DAY_SECONDS, type ClusterModel } from '../model.ts';
import type { Draft, KubeObject } from '../object.ts';
import type { Condition } from '../pod.ts';
import { conditionOf } from '../pod.ts';
import { ageColumn, defineKind, nameColumn, type Kind } from './kind.ts';
import { printed } from './longhorn-kind.ts';
import { seededMeta } from './seeded-meta.ts';

const GROUP = 'cert-manager.io';
const API_VERSION = `${GROUP}/v1`;
const AGE_DAYS = 233;
const HOUR_MS = 3_600_000;

export const CERTIFICATES = 'certificates.cert-manager.io';
export const CERTIFICATE_REQUESTS = 'certificaterequests.cert-manager.io';
export const CLUSTER_ISSUERS = 'clusterissuers.cert-manager.io';

type Conditioned = { readonly status?: { readonly conditions?: readonly Condition[] } };

/** A certificate that is kept in a Secret and renewed. */
export type CertificateObject = KubeObject &
  Conditioned & {
    readonly spec: {
      readonly secretName: string;
      /** Hours as Go writes them: `168h0m0s`. */
      readonly duration: string;
      readonly issuerRef: { readonly kind: string; readonly name: string };
    };
    readonly status?: {
      readonly conditions?: readonly Condition[];
      readonly notBefore?: string;
      readonly notAfter?: string;
      readonly renewalTime?: string;
      readonly revision?: number;
    };
  };

type RequestObject = KubeObject &
  Conditioned & {
    readonly spec: { readonly issuerRef: { readonly name: string }; readonly username?: string };
  };

const statusOf = ({ status }: Conditioned, type: string): string | undefined =>
  conditionOf(status?.conditions, type)?.status;
const messageOf = ({ status }: Conditioned, type: string): string | undefined =>
  conditionOf(status?.conditions, type)?.message;

/** A kind of cert-manager, with the printer columns of its CRD. */
const certManagerKind = <T extends KubeObject>(
  kind: Pick<
    Kind<T>,
    'kind' | 'plural' | 'singular' | 'shortNames' | 'namespaced' | 'columns' | 'seed'
  >,
): Kind =>
  defineKind<T>({
    group: GROUP,
    version: 'v1',
    categories: ['cert-manager'],
    custom: true,
    generation: true,
    subresources: ['status'],
    fields: {},
    ...kind,
  });

const wide = <T extends KubeObject>(column: ReturnType<typeof printed<T>>) => ({
  ...column,
  wide: true as const,
});

/** A condition as cert-manager writes it. */
export const certManagerCondition = (
  type: string,
  status: 'True' | 'False',
  why: { readonly reason: string; readonly message: string },
  at: string,
): Condition => ({ type, status, ...why, lastTransitionTime: at });

const READY = {
  reason: 'Ready',
  message: 'Certificate is up to date and has not expired',
} as const;

/**
 * What a certificate says after it was issued for so long; cert-manager renews it when a third of that is left, of
 * those of 90 days as of others.
 */
export function issuedStatus(
  revision: number,
  notBeforeMs: number,
  hours: number,
  readySince: string,
): NonNullable<CertificateObject['status']> {
  const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return {
    conditions: [certManagerCondition('Ready', 'True', READY, readySince)],
    notBefore: at(notBeforeMs),
    notAfter: at(notBeforeMs + hours * HOUR_MS),
    renewalTime: at(notBeforeMs + (hours * HOUR_MS * 2) / 3),
    revision,
  };
}

/** The hours of a duration that has only whole ones. */
export const hoursOf = ({ spec }: CertificateObject): number => Number.parseInt(spec.duration, 10);

type Seed = {
  readonly namespace: string;
  readonly name: string;
  readonly issuer: string;
  readonly hosts: readonly string[];
  readonly lifetimeHours: number;
  /** Hours since it was issued last, and how often that was done. */
  readonly sinceHours: number;
  readonly revision: number;
};
const ACME_HOURS = 2160;
const LEAF_HOURS = 168;

const acme = (namespace: string, name: string, sinceHours: number, revision: number): Seed => ({
  namespace,
  name: `${name}-tls`,
  issuer: 'letsencrypt',
  hosts: [`${name}.k8s.lab`],
  lifetimeHours: ACME_HOURS,
  sinceHours,
  revision,
});
const leaf = (
  namespace: string,
  name: string,
  host: string,
  sinceHours: number,
  revision: number,
): Seed => ({
  namespace,
  name,
  issuer: 'lab-ca',
  hosts: [host],
  lifetimeHours: LEAF_HOURS,
  sinceHours,
  revision,
});

const SEEDS: readonly Seed[] = [
  acme('apps', 'paperless', 51 / 60, 5),
  acme('apps', 'photos', 30 * 24, 4),
  acme('media', 'audiobookshelf', 12 * 24, 3),
  acme('media', 'jellyfin', 55 * 24, 4),
  leaf('longhorn-system', 'longhorn-ui-tls', 'longhorn-frontend.longhorn-system.svc', 71, 41),
  leaf('openebs', 'openebs-api-rest-tls', 'openebs-api-rest.openebs.svc', 20, 22),
  // Renewed two minutes after the lab has started.
  leaf('kube-system', 'hubble-relay-tls', 'hubble-relay.kube-system.svc', 112 - 2 / 60, 30),
];

const issuerRefOf = (name: string) => ({ group: GROUP, kind: 'ClusterIssuer', name });

const certificateDraft = (model: ClusterModel, seed: Seed): Draft => ({
  apiVersion: API_VERSION,
  kind: 'Certificate',
  metadata: seededMeta(model, 'Certificate', seed.name, 200, seed.namespace),
  spec: {
    dnsNames: seed.hosts,
    duration: `${seed.lifetimeHours}h0m0s`,
    issuerRef: issuerRefOf(seed.issuer),
    privateKey: { algorithm: 'ECDSA', rotationPolicy: 'Always', size: 256 },
    secretName: seed.name,
    usages: ['digital signature', 'key encipherment'],
  },
  status: issuedStatus(
    seed.revision,
    model.nowMs - seed.sinceHours * HOUR_MS,
    seed.lifetimeHours,
    model.ago(200 * DAY_SECONDS),
  ),
});

/** What cert-manager writes of a request that its issuer has signed. */
export function requestDraft(
  certificate: {
    readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string };
    readonly issuer: string;
    readonly hours: number;
  },
  revision: number,
  conditions: readonly Condition[],
): Draft & { readonly metadata: { readonly name: string; readonly namespace: string } } {
  const { name, namespace = '', uid } = certificate.metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'CertificateRequest',
    metadata: {
      name: `${name}-${revision}`,
      namespace,
      annotations: {
        'cert-manager.io/certificate-name': name,
        'cert-manager.io/certificate-revision': String(revision),
      },
      ownerReferences: [
        {
          apiVersion: API_VERSION,
          kind: 'Certificate',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      duration: `${certificate.hours}h0m0s`,
      groups: [
        'system:serviceaccounts',
        'system:serviceaccounts:cert-manager',
        'system:authenticated',
      ],
      issuerRef: issuerRefOf(certificate.issuer),
      usages: ['digital signature', 'key encipherment'],
      username: 'system:serviceaccount:cert-manager:cert-manager',
    },
    status: { conditions },
  };
}

/** The conditions of a request that was approved and, when it was, signed. */
export const requestConditions = (at: string, isSigned: boolean): readonly Condition[] => [
  certManagerCondition(
    'Approved',
    'True',
    {
      reason: 'cert-manager.io',
      message: 'Certificate request has been approved by cert-manager.io',
    },
    at,
  ),
  isSigned
    ? certManagerCondition(
        'Ready',
        'True',
        { reason: 'Issued', message: 'Certificate fetched from issuer successfully' },
        at,
      )
    : certManagerCondition(
        'Ready',
        'False',
        {
          reason: 'Pending',
          message: 'Referenced issuer does not have a Ready status condition',
        },
        at,
      ),
];

export const certificates = certManagerKind<CertificateObject>({
  kind: 'Certificate',
  plural: 'certificates',
  singular: 'certificate',
  shortNames: ['cert', 'certs'],
  namespaced: true,
  columns: [
    nameColumn,
    printed('Ready', '', (certificate) => statusOf(certificate, 'Ready')),
    printed('Secret', '', ({ spec }) => spec.secretName),
    wide(printed('Issuer', '', ({ spec }) => spec.issuerRef.name)),
    wide(printed('Status', '', (certificate) => messageOf(certificate, 'Ready'))),
    ageColumn,
  ],
  seed: (model) => SEEDS.map((seed) => certificateDraft(model, seed)),
});

export const certificateRequests = certManagerKind<RequestObject>({
  kind: 'CertificateRequest',
  plural: 'certificaterequests',
  singular: 'certificaterequest',
  shortNames: ['cr', 'crs'],
  namespaced: true,
  columns: [
    nameColumn,
    printed('Approved', '', (request) => statusOf(request, 'Approved')),
    printed('Denied', '', (request) => statusOf(request, 'Denied')),
    printed('Ready', '', (request) => statusOf(request, 'Ready')),
    printed('Issuer', '', ({ spec }) => spec.issuerRef.name),
    printed('Requester', '', ({ spec }) => spec.username),
    wide(printed('Status', '', (request) => messageOf(request, 'Ready'))),
    ageColumn,
  ],
  seed: (model) =>
    SEEDS.map(({ namespace, name, issuer, lifetimeHours, sinceHours, revision }) => {
      const at = model.ago(sinceHours * 3600);
      const uid = model.uid('Certificate', namespace, name);
      const draft = requestDraft(
        { metadata: { name, namespace, uid }, issuer, hours: lifetimeHours },
        revision,
        requestConditions(at, true),
      );
      return { ...draft, metadata: { ...draft.metadata, creationTimestamp: at } };
    }),
});

type IssuerObject = KubeObject & Conditioned;

/** The conditions of an issuer that can sign, or of one that cannot and why. */
export const issuerConditions = (
  at: string,
  why: { readonly reason: string; readonly message: string } | null,
): readonly Condition[] => [
  certManagerCondition(
    'Ready',
    why === null ? 'True' : 'False',
    why ?? { reason: 'KeyPairVerified', message: 'Signing CA verified' },
    at,
  ),
];

const issuerColumns = [
  nameColumn,
  printed<IssuerObject>('Ready', '', (issuer) => statusOf(issuer, 'Ready')),
  wide(printed<IssuerObject>('Status', '', (issuer) => messageOf(issuer, 'Ready'))),
  ageColumn,
];

export const clusterIssuers = certManagerKind<IssuerObject>({
  kind: 'ClusterIssuer',
  plural: 'clusterissuers',
  singular: 'clusterissuer',
  shortNames: [],
  namespaced: false,
  columns: issuerColumns,
  seed: (model) => {
    const since = model.ago(AGE_DAYS * DAY_SECONDS);
    const draft = (name: string, spec: object, status: object): Draft => ({
      apiVersion: API_VERSION,
      kind: 'ClusterIssuer',
      metadata: seededMeta(model, 'ClusterIssuer', name, AGE_DAYS),
      spec,
      status,
    });
    return [
      draft(
        'lab-ca',
        { ca: { secretName: 'lab-ca' } },
        { conditions: issuerConditions(since, null) },
      ),
      draft(
        'letsencrypt',
        {
          acme: {
            email: 'ops@k8s.lab',
            privateKeySecretRef: { name: 'letsencrypt-account' },
            server: 'https://acme-v02.api.letsencrypt.org/directory',
            solvers: [{ dns01: { rfc2136: { nameserver: '10.0.20.34:53' } } }],
          },
        },
        {
          acme: { lastRegisteredEmail: 'ops@k8s.lab' },
          conditions: [
            certManagerCondition(
              'Ready',
              'True',
              {
                reason: 'ACMEAccountRegistered',
                message: 'The ACME account was registered with the ACME server',
              },
              since,
            ),
          ],
        },
      ),
    ];
  },
});

export const issuers = certManagerKind<IssuerObject>({
  kind: 'Issuer',
  plural: 'issuers',
  singular: 'issuer',
  shortNames: [],
  namespaced: true,
  columns: issuerColumns,
  seed: (model) => [
    {
      apiVersion: API_VERSION,
      kind: 'Issuer',
      metadata: seededMeta(model, 'Issuer', 'lab-root', AGE_DAYS, 'cert-manager'),
      spec: { selfSigned: {} },
      status: {
        conditions: [
          certManagerCondition(
            'Ready',
            'True',
            { reason: 'IsReady', message: '' },
            model.ago(AGE_DAYS * DAY_SECONDS),
          ),
        ],
      },
    },
  ],
});
