import { describe, expect, it } from 'vitest';
import { type DeleteSample, deleteFigures, deleteHeadline } from './figures.ts';
import { reportDelete } from './report.ts';

const whole = { direct: { sent: 100, answered: 100 }, throughCentre: { sent: 90, answered: 90 } };
const made: DeleteSample = {
  origin: 'made',
  shortcutMs: 5_400,
  objects: [
    { kind: 'Configuration', goneMs: 120 },
    { kind: 'Configuration', goneMs: 150 },
    { kind: 'Secret', goneMs: 200 },
    { kind: 'Namespace', goneMs: 5_300 },
    { kind: 'Namespace', goneMs: 5_350 },
  ],
};
const found: DeleteSample = { ...made, origin: 'found', shortcutMs: 300, objects: made.objects.slice(0, 3) };

describe('the figures of delete', () => {
  it('tell the network objects from the namespaces, the last object of both leaves counting', () => {
    const { origins } = deleteFigures([made, found], whole);
    expect(origins.made.networkMs.median).toBe(200);
    expect(origins.made.namespacesMs?.median).toBe(5_350);
    expect(origins.made.byKind.Configuration?.median).toBe(150);
    expect(origins.found.namespacesMs).toBeUndefined();
  });

  it('count what the neighbours lost, on every path', () => {
    const figures = deleteFigures([made, found], { ...whole, direct: { sent: 100, answered: 97 } });
    expect(deleteHeadline(figures)).toEqual({ goneMs: 300, goneWithNamespacesMs: 5_400, lostPackets: 3 });
    expect(figures.aims.map(({ met }) => met)).toEqual([true, true, false]);
  });

  it('say in words which wait is not ours, and what stays', () => {
    const text = reportDelete(deleteFigures([made, found], whole)).join('\n');
    expect(text).toMatch(/the tenant namespaces are gone +5\.35 s .* +stay/);
    expect(text).toContain('by itself waits 5 s');
    expect(text).toContain('100 of 100 came back');
  });
});
