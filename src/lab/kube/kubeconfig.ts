import type { Certificate } from './certificates.ts';

/** A kubeconfig in YAML with everything embedded; the context has the cluster's name. */
export function renderKubeconfig(options: {
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly authority: string;
  readonly client: Certificate;
}): string {
  const { cluster, user, server, authority, client } = options;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
  - name: ${JSON.stringify(cluster)}
    cluster:
      server: ${JSON.stringify(server)}
      certificate-authority-data: ${base64(authority)}
users:
  - name: ${JSON.stringify(user)}
    user:
      client-certificate-data: ${base64(client.certificate)}
      client-key-data: ${base64(client.key)}
contexts:
  - name: ${JSON.stringify(cluster)}
    context:
      cluster: ${JSON.stringify(cluster)}
      user: ${JSON.stringify(user)}
current-context: ${JSON.stringify(cluster)}
`;
}
