import { expect, test } from 'vitest';
import { readProtobuf } from '../../../src/lab/kube/protobuf.ts';

const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};
const unknown = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])),
    field(2, raw),
  ]);

test('an access review is read', () => {
  const attributes = Buffer.concat([field(1, 'apps'), field(2, 'list'), field(5, 'pods')]);
  const review = unknown(
    'authorization.k8s.io/v1',
    'SelfSubjectAccessReview',
    Buffer.concat([field(1, ''), field(2, field(1, attributes))]),
  );
  expect(readProtobuf(review)).toEqual({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace: 'apps', verb: 'list', resource: 'pods' } },
  });
});

test('an eviction is read with its options', () => {
  const options = Buffer.concat([Buffer.from([0x08, 0xac, 0x02]), field(2, field(1, 'uid'))]);
  const eviction = unknown(
    'policy/v1',
    'Eviction',
    Buffer.concat([field(1, field(1, 'pod')), field(2, options)]),
  );
  expect(readProtobuf(eviction)).toMatchObject({
    metadata: { name: 'pod' },
    deleteOptions: { gracePeriodSeconds: 300, preconditions: { uid: 'uid' } },
  });
});

test('what is no message, too short, or of another kind is refused', () => {
  expect(() => readProtobuf(Buffer.from('{}'))).toThrow('no Kubernetes protobuf message');
  expect(() => readProtobuf(unknown('v1', 'Eviction', field(1, 'x')).subarray(0, -1))).toThrow(
    'ends within a field',
  );
  expect(() => readProtobuf(unknown('v1', 'Pod', Buffer.alloc(0)))).toThrow('Pod is not read');
});
