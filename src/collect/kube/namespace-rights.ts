import type { WatchedResource } from '../../domain/watch.ts';
import { readJson, readList } from './body.ts';
import { networkError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { asRecord, asText } from './status-error.ts';
import type { KubeTiming } from './timing.ts';

/** Where a resource may be read, by what the server says of the user's rights. */
export type Readable = {
  /** Namespaces in which it may be listed and watched, or in which nobody can tell without trying; at most twenty. */
  readonly namespaces: readonly string[];
  /** How many other namespaces are known; null when the server does not tell which there are. */
  readonly others: number | null;
  /** Whether there would be more of them, but for the limit. */
  readonly isCut: boolean;
};

type Wanted = Pick<WatchedResource, 'group' | 'resource' | 'pollSeconds'>;

/** Finds out where what may not be read in all namespaces may be read in some. */
export type NamespaceRights = {
  /** Never rejects: what cannot be asked is not known, and is tried. */
  readonly readable: (resource: Wanted) => Promise<Readable>;
};

export type NamespaceRightsOptions = {
  /** Namespaces that a person has named. */
  readonly configured: readonly string[];
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly signal: AbortSignal;
};

/** The rules of one namespace; null when the server does not tell them all. */
type Rules = readonly unknown[] | null;

/** What is known of all namespaces at one time. */
type Survey = {
  readonly at: number;
  readonly epoch: number;
  /** Each by its name, those that a person has named first. */
  readonly rules: ReadonlyMap<string, Rules>;
  readonly isComplete: boolean;
};

/** Each of them is a watch of its own for each kind. */
const MOST_NAMESPACES = 20;
/** So many namespaces are asked about; a person names others. */
const MOST_ASKED = 500;
const PAGE_SIZE = 500;
const REVIEWS_AT_ONCE = 4;
const LIMIT = 16 * 1024 * 1024;
const NAMES_ONLY =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const REVIEW_PATH = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

/**
 * See {@link NamespaceRights}. One `SelfSubjectRulesReview` for each namespace tells of all kinds; it is asked anew after
 * `recountMs`.
 */
export function createNamespaceRights(options: NamespaceRightsOptions): NamespaceRights {
  const { configured, transport, timing, signal } = options;
  let survey: Survey | undefined;
  let running: Promise<Survey> | undefined;

  /** The namespaces that the server tells of; null when it does not. */
  async function listed(): Promise<readonly string[] | null> {
    const names: string[] = [];
    try {
      for (let token = ''; ;) {
        const rest = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
        const answer = await transport.open({
          method: 'GET',
          path: `/api/v1/namespaces?limit=${PAGE_SIZE}${rest}`,
          accept: NAMES_ONLY,
          signal,
        });
        const page = await readList(answer, {
          limit: LIMIT,
          itemLimit: LIMIT,
          target: transport.target(),
          onItem: (item) => {
            const name = asText(asRecord(asRecord(item)['metadata'])['name']);
            if (name !== '') names.push(name);
          },
        });
        if (!Array.isArray(page['items'])) return null;
        token = asText(asRecord(page['metadata'])['continue']);
        if (token === '') return names;
      }
    } catch {
      return null;
    }
  }

  /** @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/ */
  async function rulesIn(namespace: string): Promise<Rules> {
    try {
      const answer = await transport.open({
        method: 'POST',
        path: REVIEW_PATH,
        body: JSON.stringify({
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectRulesReview',
          spec: { namespace },
        }),
        signal,
      });
      const review = asRecord(await readJson(answer, LIMIT, transport.target()));
      const { resourceRules, incomplete } = asRecord(review['status']);
      return Array.isArray(resourceRules) && incomplete !== true ? resourceRules : null;
    } catch (error) {
      // A server without this review, or one that forbids it: only a request can tell.
      networkError(error, transport.target());
      return null;
    }
  }

  async function look(): Promise<Survey> {
    const epoch = transport.epoch();
    const all = await listed();
    const named = [...configured, ...transport.namespaces()];
    const wanted = [...new Set([...named, ...(all ?? []).toSorted()])];
    const names = wanted.slice(0, MOST_ASKED);
    const rules = new Map<string, Rules>();
    for (let at = 0; at < names.length; at += REVIEWS_AT_ONCE) {
      const some = names.slice(at, at + REVIEWS_AT_ONCE);
      const found = await Promise.all(some.map(rulesIn));
      for (const [index, name] of some.entries()) rules.set(name, found[index] ?? null);
    }
    survey = {
      at: performance.now(),
      epoch,
      rules,
      isComplete: all !== null && wanted.length === names.length,
    };
    return survey;
  }

  return {
    readable: async (resource) => {
      const isOld =
        survey === undefined ||
        survey.epoch !== transport.epoch() ||
        performance.now() - survey.at > timing.recountMs;
      if (isOld)
        running ??= look().finally(() => {
          running = undefined;
        });
      const { rules, isComplete } = (await running) ?? survey ?? NOTHING;
      const allowed = [...rules].flatMap(([name, rule]) =>
        rule === null || canRead(rule, resource) ? [name] : [],
      );
      const namespaces = allowed.slice(0, MOST_NAMESPACES);
      return {
        namespaces,
        others: isComplete ? rules.size - namespaces.length : null,
        isCut: namespaces.length < allowed.length,
      };
    },
  };
}

const NOTHING: Survey = { at: -Infinity, epoch: -1, rules: new Map(), isComplete: false };

/** Whether one of the rules lets the resource be listed, and one watched where that is done. */
export function canRead(rules: readonly unknown[], resource: Wanted): boolean {
  const granted = new Set(rules.flatMap((rule) => verbsFor(asRecord(rule), resource)));
  const needed = resource.pollSeconds === undefined ? ['list', 'watch'] : ['list'];
  return granted.has('*') || needed.every((verb) => granted.has(verb));
}

/** A `ResourceRule`: what it grants on that resource, names aside. */
function verbsFor(
  { verbs, apiGroups, resources, resourceNames }: Readonly<Record<string, unknown>>,
  { group, resource }: Wanted,
): readonly string[] {
  // A right to some objects by their names is none to list.
  if (Array.isArray(resourceNames) && resourceNames.length > 0) return [];
  const has = (list: unknown, wanted: string): boolean =>
    Array.isArray(list) && (list.includes(wanted) || list.includes('*'));
  if (!has(apiGroups, group) || !has(resources, resource) || !Array.isArray(verbs)) return [];
  return verbs.filter((verb): verb is string => typeof verb === 'string');
}

/** What is not seen of a resource, and why. @param refusal what the server said at the scope of the cluster */
export function gapText(
  { shows }: Pick<WatchedResource, 'shows'>,
  seen: readonly string[],
  others: number | null,
  refusal: string,
): { readonly reason: string; readonly hides: string } {
  const rest = others === null ? 'all other namespaces' : `${others} other namespaces`;
  return {
    reason: `only in ${seen.join(', ')}: ${refusal.replace(`${shows} cannot be seen: `, '')}`,
    hides: `${shows} of ${others === 1 ? 'another namespace' : rest}`,
  };
}
