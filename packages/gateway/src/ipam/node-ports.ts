import { chooseFreeNumber } from './free-number.ts';

/** Kubernetes' default range for ports of Services of type NodePort. */
const first = 30_000;
const count = 2_768;

/** A free node port for a gateway, the same one every time; throws when all are taken. */
export function chooseNodePort(remoteClusterID: string, taken: ReadonlySet<number>): number {
  const number = chooseFreeNumber(remoteClusterID, count, (candidate) => !taken.has(first + candidate));
  if (number === undefined) throw new RangeError(`all node ports from ${first} to ${first + count - 1} are taken`);
  return first + number;
}
