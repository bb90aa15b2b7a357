import type { TLSSocket } from 'node:tls';
import { ApiError, qualified, unauthorized } from './api-error.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { denialOf, type FaultState } from './faults.ts';
import type { HttpRequest } from './request.ts';
import { isAllowed } from './rights.ts';

const ANONYMOUS = 'system:anonymous';

/**
 * The user of a request: the common name of its client certificate, the one with the token that a fault requires, or
 * anonymous.
 * @throws {ApiError} 401 for a wrong token or an untrusted certificate.
 */
export function userOf(request: HttpRequest, faults: FaultState): string {
  const authorization = request.headers.authorization;
  if (faults.token !== undefined) {
    if (authorization !== `Bearer ${faults.token}`) throw unauthorized();
    return 'labtop';
  }
  if (authorization !== undefined) throw unauthorized();
  const socket = request.socket as TLSSocket;
  const { subject } = socket.getPeerCertificate();
  if (subject === undefined) return ANONYMOUS;
  if (!socket.authorized) throw unauthorized();
  return [subject.CN].flat().join(',');
}

/** @throws {ApiError} 401 or 403 when the user may not do this. */
export function authorize(
  request: ResourceRequest,
  verb: string,
  { faults, rights }: Pick<ServerContext, 'faults' | 'rights'>,
): void {
  const { kind, resource, path, user } = request;
  const status = denialOf(faults, { resource, namespace: path.namespace, verb })?.status;
  if (status === 401) throw unauthorized();
  const target = path.subresource ? `${kind.plural}/${path.subresource}` : kind.plural;
  const attempt = { verb, group: kind.group, resource: target, namespace: path.namespace };
  if (status !== 403 && user !== ANONYMOUS && isAllowed(rights, user, attempt)) return;
  const where =
    path.namespace === undefined ? 'at the cluster scope' : `in the namespace "${path.namespace}"`;
  const named = path.name === undefined ? '' : ` "${path.name}"`;
  throw new ApiError(
    403,
    'Forbidden',
    `${qualified(kind)}${named} is forbidden: User "${user}" cannot ${verb} resource "${target}" in API group "${kind.group}" ${where}`,
    {
      ...(path.name !== undefined && { name: path.name }),
      ...(kind.group && { group: kind.group }),
      kind: kind.plural,
    },
  );
}

/** @throws {ApiError} 403 when an anonymous user asks for more than health, readiness and version. */
export function authorizePath(pathname: string, user: string): void {
  if (user !== ANONYMOUS) return;
  throw new ApiError(
    403,
    'Forbidden',
    `forbidden: User "${user}" cannot get path "${pathname}"`,
    {},
  );
}
