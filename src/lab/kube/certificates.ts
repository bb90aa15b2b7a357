import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, encode, integer, octets, oid, sequence, set, time, utf8 } from './der.ts';

/** A certificate and its private key, both PEM. */
export type Certificate = { readonly certificate: string; readonly key: string };

/** When a certificate is valid, in milliseconds since the epoch of the real clock: TLS peers judge by theirs. */
export type Validity = { readonly notBeforeMs: number; readonly notAfterMs: number };

/** The cluster's certificate authority. */
export type Authority = {
  /** PEM. */
  readonly certificate: string;
  /** For a server: `names` are DNS names and IPv4 addresses. */
  readonly issueServer: (
    commonName: string,
    names: readonly string[],
    validity: Validity,
  ) => Certificate;
  /** For a server that is a client of its peers too, as a member of etcd. */
  readonly issuePeer: Authority['issueServer'];
  /** For a user: the common name is the user, the organizations are the groups. */
  readonly issueClient: (
    user: string,
    groups: readonly string[],
    validity: Validity,
  ) => Certificate;
};

const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

const ALGORITHM = sequence(oid(OID.ecdsaWithSha256));

type Template = {
  readonly subject: Buffer;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
};

/** Makes an authority with a fresh P-256 key. */
export function createAuthority(name: string, validity: Validity): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = distinguishedName(name, []);
  const identifier = keyIdentifier(publicKey);
  const issue = (template: Template, key: KeyObject): string => {
    const body = sequence(
      encode(0xa0, integer(Buffer.from([2]))),
      integer(serialNumber()),
      ALGORITHM,
      issuer,
      sequence(time(template.validity.notBeforeMs), time(template.validity.notAfterMs)),
      template.subject,
      spki(key),
      encode(
        0xa3,
        sequence(
          ...template.extensions,
          extension(OID.authorityKeyIdentifier, sequence(encode(0x80, identifier))),
        ),
      ),
    );
    return pem('CERTIFICATE', sequence(body, ALGORITHM, bits(sign('sha256', body, privateKey))));
  };
  const leaf = (
    subject: Buffer,
    validity: Validity,
    extensions: readonly Buffer[],
  ): Certificate => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const common = [
      critical(OID.basicConstraints, sequence()),
      critical(OID.keyUsage, bits(Buffer.from([0x80]), 7)),
    ];
    const certificate = issue(
      { subject, validity, extensions: [...common, ...extensions] },
      pair.publicKey,
    );
    return { certificate, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
  };
  return {
    certificate: issue(
      {
        subject: issuer,
        validity,
        extensions: [
          critical(OID.basicConstraints, sequence(boolean(true))),
          critical(OID.keyUsage, bits(Buffer.from([0x06]), 1)),
          extension(OID.subjectKeyIdentifier, octets(identifier)),
        ],
      },
      publicKey,
    ),
    issueServer: (commonName, names, leafValidity) =>
      leaf(distinguishedName(commonName, []), leafValidity, [
        extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
        extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
      ]),
    issuePeer: (commonName, names, leafValidity) =>
      leaf(distinguishedName(commonName, []), leafValidity, [
        extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth), oid(OID.clientAuth))),
        extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
      ]),
    issueClient: (user, groups, leafValidity) =>
      leaf(distinguishedName(user, groups), leafValidity, [
        extension(OID.extendedKeyUsage, sequence(oid(OID.clientAuth))),
      ]),
  };
}

function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8(value)));
  return sequence(
    ...organizations.map((organization) => attribute(OID.organization, organization)),
    attribute(OID.commonName, commonName),
  );
}

const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), octets(value));
const critical = (id: string, value: Buffer): Buffer =>
  sequence(oid(id), boolean(true), octets(value));

function alternativeName(name: string): Buffer {
  return isIPv4(name)
    ? encode(0x87, Buffer.from(name.split('.').map(Number)))
    : encode(0x82, Buffer.from(name));
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const keyIdentifier = (key: KeyObject): Buffer => createHash('sha1').update(spki(key)).digest();

function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial;
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
