import {
  CERTIFICATE_REQUESTS,
  CERTIFICATES,
  certManagerCondition,
  CLUSTER_ISSUERS,
  hoursOf,
  issuedStatus,
  issuerConditions,
  requestConditions,
  requestDraft,
  type CertificateObject,
} from './kinds/cert-manager.ts';
import type { KubeObject } from './object.ts';
import { conditionOf, isReady, withCondition, type Condition, type Pod } from './pod.ts';
import { recordEvent, referenceTo, type Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';
import { labelsOf } from './workload.ts';

/** What can happen to the certificates that cert-manager renews. */
export type CertificateIncidents = {
  /**
   * Takes the key pair of a ClusterIssuer away, so that it signs nothing, or gives it back.
   * @throws {RangeError} if there is no such issuer
   */
  readonly setIssuerFault: (issuer: string, broken: boolean) => void;
  /**
   * Lets the certificate in use be one that ends in so many hours, as when it could not be renewed for long.
   * @throws {RangeError} if there is no such certificate
   */
  readonly ageCertificate: (namespace: string, name: string, leftHours: number) => void;
};

const LABELS = labelsOf({ name: 'cert-manager' });
const HOUR_MS = 3_600_000;
const WRITER = { manager: 'cert-manager-certificates-readiness', subresource: 'status' };
const RENEWING = {
  reason: 'Renewing',
  message: 'Renewing certificate as renewal was scheduled at the configured time',
};

/** Renews the certificates of the cluster as cert-manager does: each when a third of its lifetime is left. */
export function startCertManager(simulation: Simulation, paceMs: number): CertificateIncidents {
  const { store, clock, timers } = simulation;
  const isRunning = (): boolean =>
    (store.list('pods', 'cert-manager') as readonly Pod[]).some(
      (pod) =>
        isReady(pod) &&
        Object.entries(LABELS).every(([key, value]) => pod.metadata.labels?.[key] === value),
    );
  const canSign = (issuer: string): boolean => {
    const found = store.get(CLUSTER_ISSUERS, undefined, issuer);
    return conditionOf(conditionsOf(found), 'Ready')?.status === 'True';
  };
  const event = (object: KubeObject, reason: string, message: string, component: string): void =>
    recordEvent(simulation, {
      about: referenceTo(object),
      type: 'Normal',
      reason,
      message,
      component: `cert-manager-${component}`,
    });
  const modify = (
    { metadata }: CertificateObject,
    change: (now: CertificateObject) => CertificateObject['status'],
  ): KubeObject | undefined =>
    store.modify(
      CERTIFICATES,
      metadata.namespace,
      metadata.name,
      (now) => ({ ...now, status: change(now as CertificateObject) }),
      WRITER,
    );

  /** The request of the next revision; the one before it is kept no longer. */
  function request(certificate: CertificateObject, isSigned: boolean): void {
    const { metadata, spec, status } = certificate;
    const revision = (status?.revision ?? 0) + 1;
    const draft = requestDraft(
      { metadata, issuer: spec.issuerRef.name, hours: hoursOf(certificate) },
      revision,
      requestConditions(rfc3339(clock()), isSigned),
    );
    const { namespace, name } = draft.metadata;
    const writer = { manager: 'cert-manager-certificaterequests' };
    const known = store.modify(
      CERTIFICATE_REQUESTS,
      namespace,
      name,
      (now) => ({ ...now, status: draft['status'] }),
      writer,
    );
    const made = known ?? store.create(CERTIFICATE_REQUESTS, draft, writer);
    if (isSigned) store.remove(CERTIFICATE_REQUESTS, namespace, `${metadata.name}-${revision - 1}`);
    else
      event(
        made,
        'IssuerNotReady',
        'Referenced issuer does not have a Ready status condition',
        'certificaterequests-issuer-ca',
      );
  }

  function renew(certificate: CertificateObject): void {
    const isIssuing = conditionOf(certificate.status?.conditions, 'Issuing')?.status === 'True';
    if (!isIssuing) event(certificate, 'Issuing', RENEWING.message, 'certificates-trigger');
    if (canSign(certificate.spec.issuerRef.name)) {
      request(certificate, true);
      const { revision = 0, conditions } = certificate.status ?? {};
      const wasReady = conditionOf(conditions, 'Ready');
      const at = rfc3339(clock());
      const next = modify(certificate, () =>
        issuedStatus(
          revision + 1,
          clock(),
          hoursOf(certificate),
          wasReady?.status === 'True' ? (wasReady.lastTransitionTime ?? at) : at,
        ),
      );
      if (next)
        event(
          next,
          'Issuing',
          'The certificate has been successfully issued',
          'certificates-issuing',
        );
      return;
    }
    if (!isIssuing) request(certificate, false);
    modify(certificate, ({ status }) => ({
      ...status,
      conditions: conditionsAfter(certificate, clock()),
    }));
  }

  timers.every(paceMs, () => {
    if (!isRunning()) return;
    const now = clock();
    for (const object of store.list(CERTIFICATES) as readonly CertificateObject[])
      if (Date.parse(object.status?.renewalTime ?? '') <= now && isDue(object, now, canSign))
        renew(object);
  });

  return {
    setIssuerFault: (issuer, broken) => {
      const why = broken
        ? {
            reason: 'ErrGetKeyPair',
            message: `Error getting keypair for CA issuer: secret "${issuer}" not found`,
          }
        : null;
      const changed = store.modify(
        CLUSTER_ISSUERS,
        undefined,
        issuer,
        (now) => ({ ...now, status: { conditions: issuerConditions(rfc3339(clock()), why) } }),
        { manager: 'cert-manager-issuers', subresource: 'status' },
      );
      if (!changed) throw new RangeError(`no such ClusterIssuer in the lab: ${issuer}`);
    },
    ageCertificate: (namespace, name, leftHours) => {
      const found = store.get(CERTIFICATES, namespace, name) as CertificateObject | undefined;
      if (!found) throw new RangeError(`no such certificate in the lab: ${namespace}/${name}`);
      const { revision = 1, conditions } = found.status ?? {};
      const since = conditionOf(conditions, 'Ready')?.lastTransitionTime ?? rfc3339(clock());
      modify(found, () =>
        issuedStatus(
          revision,
          clock() + (leftHours - hoursOf(found)) * HOUR_MS,
          hoursOf(found),
          since,
        ),
      );
    },
  };
}

const conditionsOf = (object: KubeObject | undefined): readonly Condition[] | undefined =>
  (object as CertificateObject | undefined)?.status?.conditions;

/** Whether anything of it changes when it is looked at: it can be signed, or what it says is no longer so. */
const isDue = (
  certificate: CertificateObject,
  nowMs: number,
  canSign: (issuer: string) => boolean,
): boolean =>
  canSign(certificate.spec.issuerRef.name) ||
  JSON.stringify(certificate.status?.conditions) !==
    JSON.stringify(conditionsAfter(certificate, nowMs));

/** Of one that should be renewed and cannot be. */
function conditionsAfter(
  { status: { conditions, notAfter } = {} }: CertificateObject,
  nowMs: number,
): readonly Condition[] {
  const at = rfc3339(nowMs);
  const endMs = Date.parse(notAfter ?? '');
  const renewing = withCondition(conditions, certManagerCondition('Issuing', 'True', RENEWING, at));
  return endMs > nowMs
    ? renewing
    : withCondition(
        renewing,
        certManagerCondition(
          'Ready',
          'False',
          {
            reason: 'Expired',
            message: `Certificate expired on ${new Date(endMs).toUTCString().replace('GMT', 'UTC')}`,
          },
          at,
        ),
      );
}
