/** The metadata of an object as the API gives it. */
export const metadata = {
  name: 'data',
  namespace: 'apps',
  creationTimestamp: '2026-01-01T00:00:00Z',
};
/** The same as it is projected. */
export const meta = { name: 'data', namespace: 'apps', createdAt: Date.UTC(2026, 0, 1) };

/** The metadata of an object that has nothing but its name, and what is projected of it. */
export const bareMetadata = { name: 'data', namespace: 'apps' };
export const bareMeta = { ...bareMetadata, createdAt: null };

export const condition = (type: string, status: string, more = {}) => ({ type, status, ...more });
