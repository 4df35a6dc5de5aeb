/** `MicroTime` as API servers parse it (leases, events): six digits after the second, neither more nor fewer. */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
