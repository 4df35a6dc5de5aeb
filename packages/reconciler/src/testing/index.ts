export { FakeClock } from './fake-clock.ts';
export type { FakeKubeApiOptions, FakeRequest } from './fake-kube-api.ts';
export { FakeKubeApi } from './fake-kube-api.ts';
export { seededRandom } from './seeded-random.ts';
export { silentLogger } from './silent-logger.ts';
