import { type Cidr, parseCidr } from './cidr.ts';
import { overlaps } from './relations.ts';

const unusable: readonly { readonly range: Cidr; readonly why: string }[] = [
  { range: parseCidr('0.0.0.0/8'), why: 'addresses in 0.0.0.0/8 mean "this host"' },
  { range: parseCidr('127.0.0.0/8'), why: 'addresses in 127.0.0.0/8 never leave a host' },
  { range: parseCidr('169.254.0.0/16'), why: 'the tunnels use 169.254.0.0/16 inside' },
  { range: parseCidr('224.0.0.0/3'), why: 'addresses from 224.0.0.0 on are multicast or reserved' },
  { range: parseCidr('::/127'), why: ':: and ::1 never leave a host' },
  { range: parseCidr('fe80::/10'), why: 'addresses in fe80::/10 never leave a link' },
  { range: parseCidr('ff00::/8'), why: 'addresses in ff00::/8 are multicast' },
];

/** Why no pod can be reached under a range, by the meaning that IP itself gives it; `undefined` when it can. */
export function unusableRange(range: Cidr): string | undefined {
  return unusable.find((entry) => overlaps(entry.range, range))?.why;
}
