/** What is shown of an X.509 certificate, RFC 5280. */
export type X509 = {
  /** Common name, or the organization without one. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses of the extension subjectAltName. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
};

/** The certificates of a PEM text (RFC 7468) in their order; whatever else stands in it is passed over. */
export const parsePemCertificates = (text: string): readonly X509[] =>
  Array.from(text.matchAll(PEM), ([, body = '']) => parseCertificate(fromBase64(body))).filter(
    (certificate) => certificate !== null,
  );

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/** The bytes of a base64 text, without its blanks; none when it is not one. */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** A value in DER (ITU-T X.690): tag and contents. */
type Value = { readonly tag: number; readonly body: Uint8Array };

const TAG = {
  integer: 0x02,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
} as const;

/** The values that stand one behind another; those before one that is cut off. */
function valuesIn(bytes: Uint8Array): readonly Value[] {
  const values: Value[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    let begin = at + 2;
    if (length >= 0x80) {
      const digits = length & 0x7f;
      // A certificate of 16 MiB is none.
      if (digits === 0 || digits > 3) return values;
      length = bytes.subarray(begin, begin + digits).reduce((sum, byte) => sum * 256 + byte, 0);
      begin += digits;
    }
    if (begin + length > bytes.length) return values;
    values.push({ tag, body: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return values;
}

/** A certificate in DER; null when it is none. */
export function parseCertificate(der: Uint8Array): X509 | null {
  const [certificate] = valuesIn(der);
  const [body] = certificate?.tag === TAG.sequence ? valuesIn(certificate.body) : [];
  const fields = body?.tag === TAG.sequence ? valuesIn(body.body) : [];
  // Without a version it is one of version 1.
  const [serial, , issuer, validity, subject] =
    fields[0]?.tag === TAG.version ? fields.slice(1) : fields;
  if (serial?.tag !== TAG.integer || !issuer || !validity || !subject) return null;
  const [notBefore = null, notAfter = null] = valuesIn(validity.body).map(timeOf);
  if (notBefore === null || notAfter === null) return null;
  const extensions = fields.find(({ tag }) => tag === TAG.extensions);
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    names: extensions ? alternativeNames(extensions) : [],
    notBefore,
    notAfter,
  };
}

/** Contents of object identifiers: 2.5.4.3, 2.5.4.10, 2.5.29.17. */
const OID = { commonName: '85,4,3', organization: '85,4,10', subjectAltName: '85,29,17' } as const;

function nameOf({ body }: Value): string {
  const attributes = valuesIn(body)
    .flatMap((set) => valuesIn(set.body))
    .map((attribute) => valuesIn(attribute.body));
  const all = (oid: string): string =>
    attributes
      .flatMap(([type, value]) => (type && value && String(type.body) === oid ? textOf(value) : []))
      .join(' ');
  return all(OID.commonName) || all(OID.organization) || '(no name)';
}

const textOf = ({ tag, body }: Value): string =>
  new TextDecoder(tag === TAG.bmpString ? 'utf-16be' : 'utf-8').decode(body);

/** RFC 5280 4.1.2.5: `YYMMDDHHMMSSZ` of 1950 to 2049, or `YYYYMMDDHHMMSSZ`. */
function timeOf({ tag, body }: Value): number | null {
  const text = new TextDecoder().decode(body);
  const digits = tag === TAG.utcTime ? `${text < '50' ? '20' : '19'}${text}` : text;
  const match = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(digits);
  if (!match || (tag !== TAG.utcTime && tag !== TAG.generalizedTime)) return null;
  const [year = 0, month = 0, ...rest] = match.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, ...rest);
  return Number.isNaN(at) ? null : at;
}

function alternativeNames({ body }: Value): readonly string[] {
  const value = valuesIn(body)
    .flatMap((list) => valuesIn(list.body))
    .map((extension) => valuesIn(extension.body))
    .find(([type]) => type?.tag === TAG.oid && String(type.body) === OID.subjectAltName)
    ?.find(({ tag }) => tag === TAG.octetString);
  return valuesIn(value?.body ?? new Uint8Array())
    .flatMap(({ body: list }) => valuesIn(list))
    .flatMap(({ tag, body: name }) =>
      tag === TAG.dnsName
        ? new TextDecoder().decode(name)
        : tag === TAG.ipAddress
          ? addressOf(name)
          : [],
    );
}

/** As OpenSSL prints it, which tells of the certificates of handshakes. */
function addressOf(bytes: Uint8Array): readonly string[] {
  if (bytes.length === 4) return [bytes.join('.')];
  if (bytes.length !== 16) return [];
  const words = Array.from({ length: 8 }, (_, index) =>
    ((bytes[2 * index] ?? 0) * 256 + (bytes[2 * index + 1] ?? 0)).toString(16).toUpperCase(),
  );
  return [words.join(':')];
}
