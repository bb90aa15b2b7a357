import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEndpointClient } from '../../src/collect/kube/endpoint-client.ts';
import { temporaryFolder } from '../collect/kube/observed-cluster.ts';
import { connect } from './client.ts';
import type { Client } from './client.ts';
import { controlPlaneBinaries, startRealApi } from './real-api.ts';
import type { Subject } from './subjects.ts';

const binaries = controlPlaneBinaries();

/** A real server tells whom it takes the user for; the simulated one knows no impersonation. */
describe.skipIf(typeof binaries === 'string')('who acts as another one', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let subject: Subject;
  let api: Client;
  beforeAll(async () => {
    if (typeof binaries === 'string') return;
    folder = temporaryFolder();
    subject = await startRealApi(binaries);
    const config = JSON.parse(readFileSync(subject.kubeconfig, 'utf8')) as {
      users: { user: object }[];
    };
    for (const each of config.users)
      each.user = {
        ...each.user,
        as: 'jane',
        'as-uid': 'uid-7',
        'as-groups': ['ops', 'web, and more', 'system:masters'],
        'as-user-extra': { 'example.com/project%': ['one', 'two'], reason: ['drill'] },
      };
    const path = join(folder.path, 'kubeconfig');
    writeFileSync(path, JSON.stringify(config));
    api = await connect(path);
  });
  afterAll(async () => {
    await api.close();
    await subject.close();
    folder.drop();
  });

  const me = {
    username: 'jane',
    uid: 'uid-7',
    groups: ['ops', 'web, and more', 'system:masters', 'system:authenticated'],
    extra: { 'example.com/project%': ['one', 'two'], reason: ['drill'] },
  };

  test('is that one to the server, with each group and each extra by itself', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    expect((await api.ask('POST', path, review))['status']).toEqual({ userInfo: me });
  });

  test('and has the rights of its groups past the connection of the watches, too', async () => {
    const { credentials, server, proxyUrl } = await api.transport.access();
    const prober = createEndpointClient(server);
    const { signal } = api;
    const answer = await prober.get('/api/v1/nodes', credentials, {
      limitMs: 10_000,
      signal,
      proxyUrl,
    });
    prober.close();
    expect(answer.status).toBe(200);
  });
});
