/** Well below the time after which the agent takes a program for hung. */
const beatMs = 2_000;

/** Tells the agent again and again that this program still gets to do its work; an empty line is no report. */
export function startHeartbeat(): void {
  setInterval(() => process.stdout.write('\n'), beatMs);
}
