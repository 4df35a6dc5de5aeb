import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Page } from './page.ts';
import { repository } from './repository.ts';

/** Links of a page that lead nowhere: to a file that is not there, or to a part that its page does not have. */
export function deadLinks(page: Page, pages: readonly Page[]): string[] {
  return page.links.filter((link) => {
    if (/^(https|mailto):/.test(link)) return false;
    const { path, anchor } = targetOf(page, link);
    if (!existsSync(join(repository, path))) return true;
    if (anchor === undefined) return false;
    return pages.find((other) => other.path === path)?.anchors.has(anchor) !== true;
  });
}

/** The pages that a reader finds who begins at one and follows links. */
export function reachableFrom(start: string, pages: readonly Page[]): Set<string> {
  const [found, waiting] = [new Set<string>(), [start]];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const page = pages.find((one) => one.path === path || one.path === join(path ?? '', 'README.md'));
    if (page === undefined || found.has(page.path)) continue;
    found.add(page.path);
    waiting.push(...page.links.map((link) => targetOf(page, link).path));
  }
  return found;
}

function targetOf(page: Page, link: string): { readonly path: string; readonly anchor: string | undefined } {
  const [file = '', anchor] = link.split('#');
  return { path: file === '' ? page.path : normalize(join(dirname(page.path), file)).replace(/\/$/, ''), anchor };
}
