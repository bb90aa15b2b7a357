import { Agent, ProxyAgent } from 'undici';

/** In a module of its own, so that undici is loaded on demand: a CommonJS package has named exports only for static imports. */
export const agents = { Agent, ProxyAgent };
