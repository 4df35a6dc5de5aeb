import { type Cidr, contains, formatAddress, safeParseAddress } from '@leafway/core';
import { chooseFreeNumber } from './free-number.ts';

/** Hands out this cluster's addresses in the network between the clusters, one to each gateway. */
export interface UplinkAddresses {
  /** The gateway's address: the first of `wishes` that is in the range and free, else the one it has, else a free one. */
  assign(remoteClusterID: string, wishes: readonly (string | undefined)[]): string;
  /** A gateway that is already there has this address. */
  keep(remoteClusterID: string, address: string): void;
  release(remoteClusterID: string): void;
}

/** Range and first address are not for hosts, and a router usually has the second; the last one is the broadcast's. */
const reservedAtStart = 2;
const reservedAtEnd = 1;

export function createUplinkAddresses(range: Cidr): UplinkAddresses {
  const assigned = new Map<string, string>();
  const count = 2 ** (32 - range.length) - reservedAtStart - reservedAtEnd;
  const isFree = (address: string, remoteClusterID: string): boolean =>
    [...assigned].every(([other, taken]) => other === remoteClusterID || taken !== address);
  const isUsable = (wish: string, remoteClusterID: string): boolean => {
    const parsed = safeParseAddress(wish);
    return parsed.ok && contains(range, parsed.value) && isFree(wish, remoteClusterID);
  };
  const choose = (remoteClusterID: string): string => {
    const addressAt = (number: number): string => formatAddress(4, range.address + BigInt(reservedAtStart + number));
    const number = chooseFreeNumber(remoteClusterID, count, (candidate) =>
      isFree(addressAt(candidate), remoteClusterID),
    );
    if (number === undefined)
      throw new RangeError(`${range.text} has no free address for the gateway to ${remoteClusterID}`);
    return addressAt(number);
  };
  return {
    assign: (remoteClusterID, wishes) => {
      const wish = wishes.find((candidate) => candidate !== undefined && isUsable(candidate, remoteClusterID));
      const address = wish ?? assigned.get(remoteClusterID) ?? choose(remoteClusterID);
      assigned.set(remoteClusterID, address);
      return address;
    },
    keep: (remoteClusterID, address) => {
      assigned.set(remoteClusterID, address);
    },
    release: (remoteClusterID) => {
      assigned.delete(remoteClusterID);
    },
  };
}
