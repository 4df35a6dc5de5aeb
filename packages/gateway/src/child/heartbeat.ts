/** How often a program tells the agent that it still gets to do its work: well below the time that counts as silence. */
export const heartbeatMs = 2_000;

/** What it prints then: a line that is no report. */
export const heartbeat = '\n';
