/**
 * The rights profile that lets an ordinary user see what needs a privilege, rbac(7). Files of these names outlive
 * upgrades.
 */
const PROFILE = 'Lab Monitor';
const FOLDER = '/etc/security';

/** The line that lets the profile run a program with those rights, exec_attr(5): `privs=sys_admin`, `euid=0`. */
export const grantProgram = (path: string, rights: string): string =>
  `echo '${PROFILE}:solaris:cmd:::${path}:${rights}' >> ${FOLDER}/exec_attr.d/labtop`;
