import type { Feed } from '../domain/feed.ts';
import type { ClusterInventory, HostInventory, Inventory } from '../domain/inventory.ts';

/**
 * Whether a connection has come into another state, or something is known for the first time or no longer: what a person
 * waits for. Other values of what is known are no news.
 */
export const hasNews = (before: Inventory, after: Inventory): boolean =>
  after.hosts.some((host, index) => isNews(before.hosts[index], host)) ||
  after.clusters.some((cluster, index) => isNews(before.clusters[index], cluster));

type Part = HostInventory | ClusterInventory;

function isNews(before: Part | undefined, after: Part): boolean {
  if (before === after) return false;
  if (before?.source.state !== after.source.state) return true;
  const known: Readonly<Record<string, Feed<unknown>>> = before.feeds;
  const feeds: Readonly<Record<string, Feed<unknown>>> = after.feeds;
  return Object.keys(feeds).some((name) => known[name]?.status !== feeds[name]?.status);
}
