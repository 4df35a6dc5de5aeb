import { describe, expect, it } from 'vitest';
import { pathTaken } from './path.ts';

const tunnel = (cluster: string, remoteClusterID: string, bytes: number) => ({ cluster, remoteClusterID, bytes });
const link = (a: string, b: string, bytes: number) => [tunnel(a, b, bytes), tunnel(b, a, bytes)];
const mib = 2 ** 20;

describe('the path of a fetch', () => {
  it('leads through the centre when both of its tunnels carried the payload', () => {
    const growth = [...link('rome', 'central', mib), ...link('central', 'milan', mib), ...link('rome', 'milan', 120)];
    expect(pathTaken('rome', 'milan', mib, growth)).toEqual({ path: ['rome', 'central', 'milan'], tunnels: 2 });
  });

  it('is direct when the direct tunnel carried it', () => {
    const growth = [...link('rome', 'central', 300), ...link('rome', 'milan', mib + 70_000)];
    expect(pathTaken('rome', 'milan', mib, growth)).toEqual({ path: ['rome', 'milan'], tunnels: 1 });
  });

  it('is not believed when only one end of a tunnel counted it', () => {
    expect(() => pathTaken('rome', 'milan', mib, [tunnel('rome', 'milan', mib)])).toThrow(
      'no tunnels from rome to milan carried the 1048576 bytes of the fetch; the tunnel devices grew by: rome→milan 1048576',
    );
  });
});
