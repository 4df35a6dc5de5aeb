export { FakeClock } from './fake-clock.ts';
export type { FakeKubeApiOptions, FakeRequest } from './fake-kube-api.ts';
export { FakeKubeApi } from './fake-kube-api.ts';
export type { FakeNetwork } from './fake-network.ts';
export type { FakeSnapshot } from './fake-server.ts';
export type { LogLine } from './recording-logger.ts';
export { recordingLogger } from './recording-logger.ts';
export { seededRandom } from './seeded-random.ts';
export { silentLogger } from './silent-logger.ts';
