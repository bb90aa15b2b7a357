/** The roles of a zone as the configuration writes them: a list, or one text like `etcd, kube-apiserver`. */
export const roleList = (roles: string | readonly string[]): readonly string[] =>
  typeof roles === 'string' ? roles.split(',').map((role) => role.trim()) : roles;
