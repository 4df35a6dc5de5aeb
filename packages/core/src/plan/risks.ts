import { isSameCidr } from '../address/relations.ts';
import type { CompleteShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { expiredLines, expiringLines } from './credentials.ts';
import { mtuLine, noWayLine, privateAddressLine } from './dialling.ts';
import { fitLine } from './lines.ts';
import type { RiskInput } from './risk-input.ts';

/** Why nothing will happen, or nothing that works, as things are now. */
export function obstacles(input: RiskInput): string[] {
  return [
    ...pausedLine(input),
    ...observedLine(input),
    ...unreachableLine(input),
    ...expiredLines(input),
    ...noWayLine(input),
  ];
}

/** What may go wrong, the likeliest first. */
export function risks(input: RiskInput): string[] {
  return [
    ...expiringLines(input),
    ...mtuLine(input),
    ...privateAddressLine(input),
    ...twoAddressLines(input),
    ...orphanLine(input),
    ...keyRotationLine(input),
    ...adoptedLine(input.spec),
  ];
}

function pausedLine({ spec: { paused }, facts }: RiskInput): string[] {
  if (!paused) return [];
  const ids = sortedIDs(facts);
  return [fitLine(`spec.paused is true: nothing is done on ${ids.join(' and ')} until it is false`, ids)];
}

function unreachableLine({ facts }: RiskInput): string[] {
  const ids = sortedIDs(facts.filter(({ isReachable }) => !isReachable));
  if (ids.length === 0) return [];
  const why = ids.length === 1 ? 'its LeafCluster says why' : 'their LeafClusters say why';
  return [fitLine(`${ids.join(' and ')} cannot be reached now, ${why}: what is to be done there waits`, ids)];
}

/** Where the centre remaps the pods of a leaf, and the other leaf calls them by another address than the centre does. */
function twoAddressLines({ plan: { sides }, facts }: RiskInput): string[] {
  return sides
    .toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1))
    .flatMap(({ cluster, peer, names }) => {
      const atCentre = facts.find(({ id }) => id === peer)?.podAtCentre ?? [];
      const index = names.pod.findIndex(({ real, name }, position) => {
        const central = atCentre[position];
        return central !== undefined && !isSameCidr(central, real) && !isSameCidr(central, name);
      });
      const [direct, central] = [names.pod[index], atCentre[index]];
      if (direct === undefined || central === undefined) return [];
      const [atCentreText, directText] = [central.text, direct.name.text];
      const line = `${peer}'s pods are ${atCentreText} at the centre, but ${directText} directly from ${cluster}`;
      return [fitLine(line, [peer, cluster, atCentreText, directText])];
    });
}

function observedLine({ spec, facts }: RiskInput): string[] {
  if (spec.existing !== 'Observe') return [];
  const ids = sortedIDs(facts);
  return [
    fitLine(`spec.existing is Observe: nothing is done on ${ids.join(' and ')}, a link of others is only watched`, ids),
  ];
}

function adoptedLine({ existing }: CompleteShortcutSpec): string[] {
  return existing === 'Adopt'
    ? ['spec.existing is Adopt: a link that others made is taken over, and goes when this shortcut is deleted']
    : [];
}

/** Liqo's gateway reads its key only when it starts. */
function keyRotationLine({ spec, facts }: RiskInput): string[] {
  const ids = sortedIDs(facts.filter(({ dataPlane }) => dataPlane === 'Liqo'));
  if (spec.gateway.keyRotation === undefined || ids.length === 0) return [];
  return [fitLine(`gateway.keyRotation is not carried out with ${ids.join(' and ')}: Liqo keeps a gateway's key`, ids)];
}

function orphanLine({ spec, facts }: RiskInput): string[] {
  if (spec.deletionPolicy !== 'Orphan') return [];
  const ids = sortedIDs(facts);
  return [fitLine(`deletionPolicy Orphan: deleting this shortcut leaves its objects on ${ids.join(' and ')}`, ids)];
}

const sortedIDs = (facts: readonly LeafFacts[]): string[] => facts.map(({ id }) => id).toSorted();
