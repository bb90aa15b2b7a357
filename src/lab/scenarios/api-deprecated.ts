import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

export const apiDeprecated: Scenario = {
  name: 'api-deprecated',
  summary: 'an operator asks for an API that the next release does not serve any more',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'somebody lists volumeattributesclasses in storage.k8s.io/v1alpha1',
      apply: ({ kube }) =>
        kube.setDeprecatedRequests({
          group: 'storage.k8s.io',
          version: 'v1alpha1',
          resource: 'volumeattributesclasses',
          removedRelease: '1.35',
        }),
    },
  ],
};
