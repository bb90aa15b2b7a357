import { expect, test } from 'vitest';
import { KubeError, networkError, oneLine } from '../../../src/collect/kube/kube-error.ts';
import { answerError, eventError } from '../../../src/collect/kube/status-error.ts';

const target = { address: 'api.lab:6443', isProxied: false };
const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

test.for([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'silence'],
  ['ECONNRESET', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ERR_HTTP2_STREAM_ERROR', 'reset'],
  ['CERT_HAS_EXPIRED', 'tls-expired'],
  ['CERT_NOT_YET_VALID', 'tls-not-yet-valid'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-name'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'tls-expired'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls-untrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'not-kubernetes'],
  ['UND_ERR_PRX_TLS', 'proxy'],
  ['ESOMETHING', 'network'],
] as const)('%s is %s', ([code, expected]) => {
  const { failure, status } = networkError(coded(code), target);
  expect(failure.code).toBe(expected);
  expect(failure.message).toContain('api.lab:6443');
  expect(status).toBeNull();
});

test.for(['NGHTTP2_REFUSED_STREAM', 'NGHTTP2_ENHANCE_YOUR_CALM'])('%s is overloaded', (word) => {
  const error = coded('ERR_HTTP2_STREAM_ERROR', `Stream closed with error code ${word}`);
  expect(networkError(error, target).failure.code).toBe('overloaded');
});

test('finds the code in a cause and in the first of several attempts', () => {
  const wrapped = new Error('fetch failed', { cause: coded('ECONNREFUSED') });
  expect(networkError(wrapped, target).failure.code).toBe('refused');
  const attempts = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);
  expect(networkError(attempts, target).failure.code).toBe('refused');
});

test('a proxy that refuses the tunnel is told as the proxy', () => {
  const error = coded('UND_ERR_ABORTED', 'Proxy response (403) !== 200 when HTTP Tunneling');
  expect(networkError(error, target).failure.code).toBe('proxy');
});

test('passes an error of its own through', () => {
  const error = new KubeError({ code: 'over-cap', message: 'many', hint: '' });
  expect(networkError(error, target)).toBe(error);
});

const answer = {
  contentType: 'application/json',
  retryAfter: '',
  body: '',
  request: 'GET /api/v1/pods',
};
const status = (object: object) => JSON.stringify({ kind: 'Status', ...object });

test.for([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'absent'],
  [410, 'expired'],
  [429, 'overloaded'],
  [500, 'unavailable'],
  [503, 'unavailable'],
  [422, 'http-422'],
  [302, 'not-kubernetes'],
] as const)('HTTP %i is %s', ([code, expected]) => {
  const error = answerError({ ...answer, status: code, body: status({ message: 'why' }) });
  expect(error.failure.code).toBe(expected);
  expect(error.status).toBe(code);
});

test('takes the longer of Retry-After and retryAfterSeconds', () => {
  const body = status({ details: { retryAfterSeconds: 3 } });
  expect(answerError({ ...answer, status: 429, retryAfter: '7', body }).retryAfterMs).toBe(7000);
  expect(answerError({ ...answer, status: 429, retryAfter: 'soon', body }).retryAfterMs).toBe(3000);
});

test('knows a server that is behind from one that is slow', () => {
  const details = { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 };
  expect(answerError({ ...answer, status: 504, body: status({ details }) })).toMatchObject({
    isBehind: true,
    retryAfterMs: 1000,
  });
  expect(answerError({ ...answer, status: 504, body: status({}) }).isBehind).toBe(false);
});

test('a web page with 503 is a proxy whose server is away; with 404 it is another service', () => {
  const html = { ...answer, contentType: 'text/html', body: '<html>no</html>' };
  expect(answerError({ ...html, status: 503 }).failure).toMatchObject({ code: 'unavailable' });
  expect(answerError({ ...html, status: 503 }).failure.message).not.toContain('<html>');
  expect(answerError({ ...html, status: 404 }).failure.code).toBe('not-kubernetes');
});

test('an ERROR event without a code counts as 500', () => {
  expect(eventError({ message: 'odd' }, 'GET /x')).toMatchObject({ status: 500 });
  expect(eventError(null, 'GET /x').failure.message).toBe('GET /x: HTTP 500 (500)');
});

test('remote words lose their control sequences, their lines and their length', () => {
  const body = status({ message: `bad\u001B[31m red\nnext ${'x'.repeat(500)}` });
  const { message } = answerError({ ...answer, status: 500, body }).failure;
  expect(message).toMatch(/^GET \/api\/v1\/pods: bad red next x+…$/);
  expect(oneLine(' a \t b ')).toBe('a b');
});
