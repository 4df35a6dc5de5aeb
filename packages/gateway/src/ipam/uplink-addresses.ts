import { type Cidr, formatAddress, safeParseAddress } from '@leafway/core';
import { chooseFreeNumber } from './free-number.ts';

/** Hands out this cluster's addresses in the network between the clusters, one to each gateway. */
export interface UplinkAddresses {
  /** The gateway's address: the first of `wishes` that nothing is wrong with, else the one it has, else a free one. */
  assign(remoteClusterID: string, wishes: readonly (string | undefined)[]): string;
  /** What is wrong with an address for the gateway, as the end of a sentence about it; `undefined` for a good one. */
  problemWith(remoteClusterID: string, address: string): string | undefined;
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
  const addressAt = (number: number): string => formatAddress(4, range.address + BigInt(reservedAtStart + number));
  const ownerOf = (address: string, remoteClusterID: string): string | undefined =>
    [...assigned].find(([other, taken]) => other !== remoteClusterID && taken === address)?.[0];
  const problemWith = (remoteClusterID: string, address: string): string | undefined => {
    const parsed = safeParseAddress(address);
    if (!parsed.ok) return `is no address: ${parsed.message}`;
    const number = Number(parsed.value.value - range.address) - reservedAtStart;
    if (parsed.value.family !== 4 || number < 0 || number >= count)
      return `is not one of this cluster's gateways, which have those from ${addressAt(0)} to ${addressAt(count - 1)}`;
    const owner = ownerOf(address, remoteClusterID);
    return owner === undefined ? undefined : `has the gateway to ${owner} already`;
  };
  const choose = (remoteClusterID: string): string => {
    const isFree = (number: number): boolean => ownerOf(addressAt(number), remoteClusterID) === undefined;
    const number = chooseFreeNumber(remoteClusterID, count, isFree);
    if (number === undefined)
      throw new RangeError(`${range.text} has no free address for the gateway to ${remoteClusterID}`);
    return addressAt(number);
  };
  return {
    assign: (remoteClusterID, wishes) => {
      const wish = wishes.find(
        (address) => address !== undefined && problemWith(remoteClusterID, address) === undefined,
      );
      const address = wish ?? assigned.get(remoteClusterID) ?? choose(remoteClusterID);
      assigned.set(remoteClusterID, address);
      return address;
    },
    problemWith,
    keep: (remoteClusterID, address) => {
      assigned.set(remoteClusterID, address);
    },
    release: (remoteClusterID) => {
      assigned.delete(remoteClusterID);
    },
  };
}
