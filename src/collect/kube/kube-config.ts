/**
 * The one part of client-node that labtop uses. A module of its own, so that a bundle can leave the generated API out:
 * a dynamic import of the whole package would keep all of its exports, 5 MB of source and 48 MB of memory.
 */
export { KubeConfig } from '@kubernetes/client-node';
