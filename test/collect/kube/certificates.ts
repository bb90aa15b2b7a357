import { createAuthority as createLabAuthority } from '../../../src/lab/kube/certificates.ts';

/** A certificate and its key, as PEM. */
export type Pem = { readonly cert: string; readonly key: string };

export type Authority = {
  readonly cert: string;
  readonly issueServer: (commonName: string, names: readonly string[], notAfter?: Date) => Pem;
  readonly issueClient: (user: string, group: string, notAfter?: Date) => Pem;
};

const DAY_MS = 86_400_000;

/** A certificate authority that lives as long as the test. */
export function createAuthority(name = 'test-ca'): Authority {
  const notBeforeMs = Date.now() - 30 * DAY_MS;
  const tomorrow = new Date(Date.now() + DAY_MS);
  const validity = (notAfter: Date) => ({ notBeforeMs, notAfterMs: notAfter.getTime() });
  const authority = createLabAuthority(name, validity(tomorrow));
  return {
    cert: authority.certificate,
    issueServer: (commonName, names, notAfter = tomorrow) => {
      const { certificate: cert, key } = authority.issueServer(
        commonName,
        names,
        validity(notAfter),
      );
      return { cert, key };
    },
    issueClient: (user, group, notAfter = tomorrow) => {
      const { certificate: cert, key } = authority.issueClient(user, [group], validity(notAfter));
      return { cert, key };
    },
  };
}
