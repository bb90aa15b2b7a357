/** What the user may do on a host beyond what everybody may, rbac(7). */
export type Rights = {
  /** In the order in which pfexec(1) looks: the first that fits a program says with which attributes it runs. */
  readonly commands: readonly GrantedCommand[];
  /** `solaris.zone.manage`, `solaris.zone.manage/web`, `solaris.*`. */
  readonly authorizations: readonly string[];
};
export type GrantedCommand = {
  readonly profile: string;
  /** `/usr/sbin/zoneadm`, `/usr/sbin/*` or `*`. */
  readonly path: string;
  /** `euid=0`, `uid=0`, `privs=all`; none: it runs as it would without the profile. */
  readonly attributes: readonly string[];
};

/** Something that labtop can do on a host, and what it takes. */
export type ActingRight = {
  /** For people: `restart and boot zones and VMs (r, R)`. */
  readonly what: string;
  /** Full path. */
  readonly program: string;
  /** Of these authorizations one is enough; each may be given for a single zone. */
  readonly authorizations: readonly string[];
  /** The profile of the system that lets the program run as root, prof_attr(5). */
  readonly profile: string;
};

/** What is missing for it; `zones`: it may be done, but only to these. */
export type Verdict = {
  readonly lacksProgram: boolean;
  readonly lacksAuthorization: boolean;
  readonly zones: readonly string[];
};

/** Judges by the user's name and rights. Root needs no profile. */
export function judgeRight(
  { commands, authorizations }: Rights,
  user: string | null,
  right: ActingRight,
): Verdict {
  if (user === 'root') return { lacksProgram: false, lacksAuthorization: false, zones: [] };
  const found = commands.find(({ path }) => fits(path, right.program));
  const asRoot = found?.attributes.some((each) => /^e?uid=(?:0|root)$/.test(each)) ?? false;
  // Who is root for real is asked for no authorization.
  const isRoot = found?.attributes.some((each) => /^uid=(?:0|root)$/.test(each)) ?? false;
  const zones = authorizations.flatMap((each) => {
    const [name = '', object] = each.split('/');
    return object !== undefined && right.authorizations.includes(name) ? [object] : [];
  });
  const isAuthorized =
    isRoot ||
    right.authorizations.some((wanted) => authorizations.some((has) => covers(has, wanted)));
  return {
    lacksProgram: !asRoot,
    lacksAuthorization: !isAuthorized && zones.length === 0,
    zones: isAuthorized ? [] : zones,
  };
}

const fits = (path: string, program: string): boolean =>
  path === program ||
  path === '*' ||
  (path.endsWith('/*') && program.slice(0, program.lastIndexOf('/')) === path.slice(0, -2));

/** auth_attr(5): `solaris.zone.*` and `*` stand for all that begin so. */
const covers = (has: string, wanted: string): boolean =>
  has === wanted || (has.endsWith('*') && wanted.startsWith(has.slice(0, -1)));
