import { readGatewayProblem } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import { describeObject } from './observation.ts';
import type { Sides } from './side.ts';

/** What an agent says that it cannot do for a gateway of the link: it knows better than its silence tells. */
export function gatewayProblem(sides: Sides): Verdict | undefined {
  for (const { gateway, leaf } of sides) {
    const problem = gateway && readGatewayProblem(gateway);
    if (gateway === undefined || problem === undefined) continue;
    const message = `${describeObject(gateway, leaf.id)}: ${problem}.`;
    return { type: 'GatewaysReady', status: 'False', reason: 'GatewayProblem', message };
  }
  return undefined;
}
