import type { CollectError } from '../../domain/feed.ts';
import type { LogPod } from '../../domain/log.ts';
import type { LogStreamState } from '../../domain/log.ts';
import { collectError } from './kube-error.ts';
import type { KubeError } from './kube-error.ts';

/** What a failure to read a log means for whoever reads it. */
export type LogFailure = {
  readonly state: Exclude<LogStreamState, 'opening' | 'open'>;
  readonly error: CollectError;
};

/**
 * The API server's refusals of `pods/log`, from `validateLogOptions` and `LogLocation` in
 * pkg/registry/core/pod/strategy.go, and the kubelet's, from `GetKubeletContainerLogs` in pkg/kubelet/kubelet_pods.go.
 */
export function logFailure(error: KubeError, { namespace }: LogPod): LogFailure {
  const { failure, status } = error;
  const text = failure.message.replace(/^[A-Z]+ \S+: /u, '');
  const failed = (code: string, hint: string): LogFailure => ({
    state: 'failed',
    error: collectError(code, text, hint),
  });
  switch (status) {
    case null:
      return failed(failure.code, failure.hint);
    case 400:
      if (/is waiting to start|does not have a host assigned|ContainerCreating/u.test(text))
        return {
          state: 'waiting',
          error: collectError('not-started', text, 'its log comes as soon as it has started'),
        };
      if (/previous terminated container/u.test(text))
        return {
          state: 'ended',
          error: collectError(
            'no-previous',
            text,
            'it has not ended before: its present log is all',
          ),
        };
      return failed(failure.code, 'describe the pod: it names its containers');
    case 403:
      return failed(
        'forbidden',
        `grant the user of the kubeconfig get on pods and pods/log in ${namespace}`,
      );
    case 404:
      return {
        state: 'gone',
        error: collectError('absent', text, 'the pod is gone; the lines that came stay here'),
      };
    case 500:
    case 502:
    case 503:
    case 504:
      return failed(
        'unavailable',
        'the kubelet of its node gives the log: see whether the node is ready',
      );
    default:
      return failed(failure.code, failure.hint);
  }
}
