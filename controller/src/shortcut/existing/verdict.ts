import type { Accepted } from '../acceptance.ts';
import type { Verdict } from '../conditions.ts';
import { describeObject } from '../observation.ts';
import type { Sides } from '../side.ts';
import { uselessGateways } from '../side-step.ts';
import { isAdopted } from './adopt.ts';
import { linkSentence, objectWords } from './words.ts';

/** What is done with a shortcut that may be carried out, and with what was there of its link. */
export function acceptedVerdict(accepted: Accepted, sides: Sides, roleReason: string): Verdict {
  const [type, status] = ['Accepted', 'True'] as const;
  const { mode, plan, link } = accepted;
  const found = linkSentence(link, [sides[0].leaf, sides[1].leaf]);
  if (mode === 'Observe') {
    const message = `${found} It is watched, and nothing is changed on either leaf: spec.existing is Observe.`;
    return { type, status, reason: 'Observing', message };
  }
  if (mode === 'Adopt' && accepted.spec.paused) {
    const message = `${found} It is watched, since spec.paused is set; without that this shortcut takes over ${objectWords(link.foreign)}.`;
    return { type, status, reason: 'Observing', message };
  }
  if (mode === 'Adopt') {
    const message = `${found}${removalWords(sides)} Takes over ${objectWords(link.foreign)}.`;
    return { type, status, reason: 'Adopting', message };
  }
  const message = `${plan.server} runs the gateway server: ${roleReason}.${adoptedWords(sides)}`;
  return { type, status, reason: 'Accepted', message };
}

/** That the gateways of others cannot work together, which one end alone does not show; `undefined` where they can. */
export function rolesClash({ mode, link }: Accepted, [a, b]: Sides): Verdict | undefined {
  const isClash = link.state === 'BothRoles' || link.state === 'SameRole' || link.state === 'Several';
  if (mode === 'Keep' || !isClash) return undefined;
  const message = linkSentence(link, [a.leaf, b.leaf]);
  return { type: 'GatewaysReady', status: 'False', reason: 'RolesClash', message };
}

/** What takes over a link that cannot work says what will be removed of it; before all else, for messages are cut. */
function removalWords(sides: Sides): string {
  const useless = sides.flatMap((side) =>
    uselessGateways(side).map(({ object }) => describeObject(object, side.leaf.id)),
  );
  return useless.length === 0
    ? ''
    : ` Removes, once it is taken over, ${useless.join(', ')}, since that cannot work, and makes what is missing.`;
}

function adoptedWords(sides: Sides): string {
  const adopted = sides.filter(({ leaf }) => [...leaf.objects.servers, ...leaf.objects.clients].some(isAdopted));
  return adopted.length === 0
    ? ''
    : ` The gateways on ${adopted.map(({ leaf }) => leaf.id).join(' and ')} were made by somebody else and are this shortcut's now.`;
}
