#!/usr/bin/env node
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import {
  type ClusterConnection,
  createEventRecorder,
  createKubeApi,
  loadConnection,
  parseKubeconfig,
  systemClock,
  systemRandom,
} from '@leafway/reconciler';
import { pino } from 'pino';
import { createDataPlane } from './data-plane/data-plane.ts';
import { createExec } from './exec.ts';
import { createHealthServer } from './health.ts';
import { type CommandLine, type ListenAddress, parseCommandLine } from './options.ts';
import { createPinger } from './ping/pinger.ts';
import { lookAround, whyNotHere } from './preflight.ts';
import { createProber } from './probe/prober.ts';
import { type AgentDeps, runAgent } from './reconcile/agent.ts';
import { createWireGuardDevices } from './wireguard/device.ts';

/** Where wireguard-go's control sockets are kept; must outlive the agent, and needs not outlive the machine's start. */
const runDirectory = '/run/leafway';

const commandLine = parseCommandLine(process.argv.slice(2));
if (!commandLine.ok) {
  process.stderr.write(`leafway-agent: ${commandLine.message}\n`);
  process.exitCode = 2;
} else if (commandLine.value !== undefined) {
  await main(commandLine.value);
}

async function main({ kubeconfig, wireguardGo, healthListen, agent }: CommandLine): Promise<void> {
  const log = pino({ base: { cluster: agent.clusterID } }, pino.destination({ fd: 2, sync: true }));
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  let isReady = false;
  try {
    const health = healthListen && (await serveHealth(() => isReady, healthListen));
    const api = createKubeApi(connect(kubeconfig), { cluster: agent.clusterID, userAgent: 'leafway-agent' });
    // In a lab there is nobody else.
    const refusal =
      agent.site.uplink.kind === 'node' ? whyNotHere(await lookAround(api, agent, stop.signal)) : undefined;
    if (refusal !== undefined) {
      process.stderr.write(`leafway-agent: ${refusal}\n`);
      process.exit(1);
    }
    const exec = createExec();
    const devices = createWireGuardDevices({ exec, runDirectory, wireguardGo });
    const ports = { log, clock: systemClock, random: systemRandom };
    const deps: AgentDeps = {
      ...ports,
      api,
      events: createEventRecorder({
        ...ports,
        api,
        reportingController: 'leafway.dev/agent',
        reportingInstance: agent.clusterID,
      }),
      resolveHost,
      dataPlane: createDataPlane({ site: agent.site, log, exec, devices }),
      createPinger: (options) => createPinger({ ...ports, exec, ...options }),
      createProber: (options) => createProber({ ...ports, exec, ...options }),
      onReady: () => {
        isReady = true;
      },
    };
    await runAgent(deps, agent, stop.signal);
    health?.close();
    await api.close();
  } catch (error) {
    if (!stop.signal.aborted) log.fatal({ err: error }, 'the agent cannot run');
    // Connections to the API server may still be open.
    process.exit(stop.signal.aborted ? 0 : 1);
  }
}

/** A file needs no more than the strict reader, which starts in no time; only inside a pod is there more to it. */
function connect(kubeconfig: string | undefined): ClusterConnection {
  return kubeconfig === undefined ? loadConnection() : parseKubeconfig(readFileSync(kubeconfig, 'utf8'));
}

async function serveHealth(isReady: () => boolean, { host, port }: ListenAddress): Promise<Server> {
  try {
    const server = createHealthServer(isReady).listen(port, host);
    await once(server, 'listening');
    return server;
  } catch (cause) {
    const where = `${host}:${port}`;
    const advice = 'choose another port (agent.healthPort of the chart leafway-leaf)';
    throw new Error(`cannot serve --health-listen ${where}: ${advice}`, { cause });
  }
}

async function resolveHost(name: string): Promise<string> {
  const { address } = await lookup(name, { family: 4 });
  return address;
}
