import { expect, test } from 'vitest';
import { podDescriber } from '../../../src/resources/pod/pod.describe.ts';
import { describedText } from '../../support/document-view.ts';

const NOW = Date.UTC(2026, 8, 1, 12);

test('a pod is told in the order of kubectl describe', () => {
  const text = describedText(NOW)
    .map((line) => line.text)
    .join('\n');
  expect(text).toMatchInlineSnapshot(`
    "Name:             web-7d9f8-abcde
    Namespace:        apps
    Created:          2026-09-01T02:00:00Z (10h00m ago)
    Labels:           app=web
                      tier=front
    Annotations:      note: kept red
    Controlled By:    ReplicaSet/web-7d9f8 of Deployment/web
    Priority:         100
    Service Account:  web
    Node:             worker1/10.0.0.1
    Start Time:       2026-09-01T02:00:00Z (10h00m ago)
    Status:           CrashLoopBackOff
    IP:               10.244.0.9
    Init Containers:
      migrate:
        State:          Terminated, Completed, exit code 0
                        started  2026-09-01T02:00:00Z (10h00m ago)
                        finished 2026-09-01T02:01:00Z (9h59m ago)
        Ready:          True
        Restart Count:  0
        Image ID:       <none>
        Image:          web:1
        Command:        migrate --all
        Limits:         <none>
        Requests:       <none>
        Environment:    <none>
        Mounts:         <none>
    Containers:
      web:
        State:          Waiting, CrashLoopBackOff
                        back-off 5m0s
        Last State:     Terminated, OOMKilled, exit code 137
                        started  2026-09-01T11:51:00Z (9m00s ago)
                        finished 2026-09-01T11:56:00Z (4m00s ago)
        Ready:          False
        Restart Count:  7
        Image ID:       web@sha256:abc
        Image:          web:1
        Ports:          8080/TCP
        Args:           --listen :8080
        Limits:         memory 256Mi
        Requests:       cpu 50m
        Liveness:       http-get http://:http/healthz delay=5s timeout=1s period=10s #success=1 #failure=3
        Readiness:      exec [check] delay=0s timeout=1s period=10s #success=1 #failure=3
        Startup:        tcp-socket :8080 delay=0s timeout=1s period=10s #success=1 #failure=3
        Environment:    all of Secret all
                        all of ConfigMap conf
                        MODE: fast
                        PASSWORD: <secret db password>
                        NODE: <field spec.nodeName>
        Mounts:         /data from data (ro, path=a)
    Conditions:
      Type          Status  Since   Reason              Message
      Ready         False   3m00s   ContainersNotReady  web
      PodScheduled  True    10h00m
    Volumes:
      data:  persistentVolumeClaim, claimName web-data
      tmp:   emptyDir
    QoS Class:        Burstable
    Node-Selectors:   disk=ssd
    Tolerations:      node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
    Events:
      Type     Reason   Age          From     Message
      Normal   Pulled   9m00s        kubelet  Container image "web:1" already present
      Warning  BackOff  2m00s (x12)  kubelet  Back-off restarting failed container web"
  `);
  expect(text).not.toContain('last-applied');
});

test('what is wrong has its tone', () => {
  const toneOf = (part: string) => describedText(NOW).find(({ text }) => text.includes(part))?.tone;
  expect(toneOf('Status: ')).toBe('bad');
  expect(toneOf('Waiting, Crash')).toBe('warn');
  expect(toneOf('Terminated, OOMKilled')).toBe('bad');
  expect(toneOf('Terminated, Completed')).toBe('plain');
  expect(toneOf('BackOff  ')).toBe('warn');
  expect(toneOf('Ready         False')).toBe('bad');
});

test('anything that is no pod is described without a fault', () => {
  for (const thing of [null, undefined, 7, 'x', [], {}, { spec: 3, status: [], metadata: null }]) {
    const lines = podDescriber.describe(thing, { now: NOW, events: null, owners: [], others: [] });
    expect(lines[0]?.text).toMatch(/^Name: +<none>$/u);
    expect(lines.at(-1)?.text).toMatch(/^Events: +<could not be read>$/u);
  }
});
