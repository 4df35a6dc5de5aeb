import type { RunningLab } from '@leafway/lab';
import { installCertManager } from '../installation/cert-manager.ts';
import { startKubelet } from '../kubelet/kubelet.ts';
import { startLab } from '../lab/leafway.ts';
import { sharedLab } from '../lab/shared-lab.ts';
import type { Page } from './page.ts';

/** What a page finds when its reader begins. */
export interface Environment {
  readonly lab: RunningLab | undefined;
  close(): Promise<void>;
}

/** The page that starts a lab of its own. */
const alone = 'docs/how-to/lab.md';

/** Pages of one story, in its order, that begins with clusters without Leafway; each finds what the one before left. */
const story = [
  'docs/how-to/install.md',
  'docs/how-to/register-a-leaf.md',
  'docs/operations/runbooks.md',
  'docs/how-to/upgrade.md',
  'docs/how-to/uninstall.md',
  'docs/how-to/install-without-cert-manager.md',
];

/** Pages that share an environment, and how it is made. A page is left as it was found, but for those of the story. */
export interface Chapter {
  readonly name: string;
  readonly pages: readonly Page[];
  readonly tidy: boolean;
  open(): Promise<Environment>;
}

/** All pages, each in the chapter in which it is tried. */
export function chaptersOf(pages: readonly Page[]): Chapter[] {
  const inStory = story.flatMap((path) => pages.filter((page) => page.path === path));
  return [
    {
      name: 'on a fleet with Leafway',
      pages: pages.filter(({ path }) => path !== alone && !story.includes(path)),
      tidy: true,
      open: async () => ({ lab: await sharedLab(), close: async () => undefined }),
    },
    {
      name: 'on a machine',
      pages: pages.filter(({ path }) => path === alone),
      tidy: false,
      open: async () => ({ lab: undefined, close: async () => undefined }),
    },
    { name: 'on a fleet without Leafway', pages: inStory, tidy: false, open: openBareFleet },
  ];
}

/** Clusters as Liqo leaves them, something that runs the centre's Pods, and cert-manager. */
async function openBareFleet(): Promise<Environment> {
  const test = await startLab(['central', 'rome', 'milan'], [], '--bare');
  const kubelet = await startKubelet(test.lab, 'central');
  await installCertManager(test.lab);
  const close = async (): Promise<void> => {
    await kubelet.stop();
    await test.stop();
  };
  return { lab: test.lab, close };
}
