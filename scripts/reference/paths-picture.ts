import type { DemoFacts, FetchFacts } from 'leafway/demo';

/** The picture of both paths as an SVG, from what a run of the demo measured (`npm run --silent demo -- --json`). */
export function renderPathsPicture({ throughCentre, direct }: Pick<DemoFacts, 'throughCentre' | 'direct'>): string {
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 262" role="img" font-family="system-ui, sans-serif">',
    `<title>${titleOf(throughCentre, direct)}</title>`,
    `<style>${style}</style>`,
    '<rect class="ground" width="760" height="262" rx="8"/>',
    panel(0, 'Through the centre', throughCentre),
    '<line class="rule" x1="380" y1="20" x2="380" y2="242"/>',
    panel(380, 'With a VirtualNodeShortcut', direct),
    '</svg>',
  ].join('\n');
}

const style = `
.ground{fill:#fff} .rule{stroke:#d0d7de} text{fill:#1f2328;font-size:14px;text-anchor:middle} .head{font-weight:600;font-size:16px}
.small{fill:#59636e;font-size:12px} .node{fill:#f6f8fa;stroke:#59636e} .idle{stroke:#b7bfc8;stroke-width:2;stroke-dasharray:4 4}
.used{stroke:#1a7f37;stroke-width:6}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117} .rule{stroke:#3d444d} text{fill:#f0f6fc} .small{fill:#9198a1}
.node{fill:#151b23;stroke:#9198a1} .idle{stroke:#3d444d} .used{stroke:#3fb950}}
`.trim();

const places = { centre: [190, 78], from: [70, 158], to: [310, 158] } as const;

function panel(x: number, head: string, { path, tunnels, rttMs, bytesThroughCentre }: FetchFacts): string {
  const [from, to] = [path[0] ?? '', path.at(-1) ?? ''];
  const [arm, link] = path.length > 2 ? (['used', 'idle'] as const) : (['idle', 'used'] as const);
  return [
    `<g transform="translate(${x})">`,
    `<text class="head" x="190" y="34">${head}</text>`,
    line(arm, places.from, places.centre),
    line(arm, places.centre, places.to),
    ...(link === 'used' ? [line(link, places.from, places.to)] : []),
    node(places.centre, 'central'),
    node(places.from, from),
    node(places.to, to),
    `<text x="190" y="212">${count(tunnels, 'tunnel')}, round trip ${rttMs.toFixed(2)} ms</text>`,
    `<text class="small" x="190" y="236">to fetch 1 MiB, ${bytesThroughCentre.toLocaleString('en')} bytes passed the centre</text>`,
    '</g>',
  ].join('\n');
}

type Place = readonly [x: number, y: number];

const line = (kind: string, [x1, y1]: Place, [x2, y2]: Place): string =>
  `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

const node = ([x, y]: Place, name: string): string =>
  `<rect class="node" x="${x - 48}" y="${y - 18}" width="96" height="36" rx="6"/>\n<text x="${x}" y="${y + 5}">${name}</text>`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function titleOf(throughCentre: FetchFacts, direct: FetchFacts): string {
  const describe = ({ path, rttMs }: FetchFacts): string => `${path.join(' to ')}: round trip ${rttMs.toFixed(2)} ms`;
  return `Measured by the demo. ${describe(throughCentre)}; ${describe(direct)}`;
}
