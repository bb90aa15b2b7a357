/**
 * The rights profile that lets an ordinary user see what needs a privilege, rbac(7). Files of these names outlive
 * upgrades.
 */
export const PROFILE = 'Lab Monitor';
const FOLDER = '/etc/security';

/** The line that lets the profile run a program with those rights, exec_attr(5): `privs=sys_admin`, `euid=0`. */
export const grantProgram = (path: string, rights: string): string =>
  `echo '${PROFILE}:solaris:cmd:::${path}:${rights}' >> ${FOLDER}/exec_attr.d/labtop`;

/** The line that makes the profile, prof_attr(5). */
export const makeProfile = `echo '${PROFILE}:::What labtop needs to watch:' > ${FOLDER}/prof_attr.d/labtop`;

/**
 * The line that makes both known: on illumos a transient service merges the files of those folders into the ones that are
 * read, and usermod(8) takes no profile that it does not find there.
 */
export const mergeProfiles = 'svcadm disable -st rbac && svcadm enable -st rbac';

/** The line that gives a profile to a user beside those that he has: usermod(8) replaces them all. */
export const giveProfile = (user: string, profile: string): string =>
  `usermod -P "$(userattr profiles ${user} | sed 's/..*/&,/')${profile}" ${user}`;

/** The line that authorizes a user beside what he has; `/ZONE` behind the name limits it to a zone. */
export const giveAuthorization = (user: string, authorization: string): string =>
  `usermod -A "$(userattr auths ${user} | sed 's/..*/&,/')${authorization}" ${user}`;

/** Whether a line that grants something is one for the profile, which then has to be there and be given. */
export const isForProfile = (grant: string): boolean => grant.includes(`'${PROFILE}:`);
