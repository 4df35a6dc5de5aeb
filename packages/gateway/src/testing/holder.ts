/**
 * Starts the programs that rome's agent keeps for its link to milan, and stays until it is killed.
 * To be run where `two-gateways.ts` has built the gateways.
 */
import { createPinger } from '../ping/pinger.ts';
import { createProber } from '../probe/prober.ts';
import { ports } from './two-gateways.ts';

const onReport = (): void => {};
const options = { ...ports, onReport, onSilence: onReport };
createProber({ ...options, namespace: 'node-rome', clusterID: 'rome', address: '10.244.0.0' });
createPinger(options).ensure({ remoteClusterID: 'milan', namespace: 'gw-rome.milan', role: 'Server' });
