import { beforeEach, describe, expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { ToolPaths } from './ensure-tools.ts';
import type { FakeMachine } from './testing/fake-machine.ts';
import { aToolWorkshop, cache, pinned, type ToolWorkshop } from './testing/tool-workshop.ts';
import { versions } from './versions.ts';

let workshop: ToolWorkshop;
let machine: FakeMachine;
let shown: readonly string[];

beforeEach(() => {
  workshop = aToolWorkshop();
  ({ machine, shown } = workshop);
});

const ensure = (signal?: AbortSignal): Promise<ToolPaths> => workshop.ensure(signal);

/** Lets every step that waits for nothing finish. */
async function settle(): Promise<void> {
  for (let i = 0; i < 200; i += 1) await Promise.resolve();
}

describe('the means, in their order', () => {
  test('the directory of KUBEBUILDER_ASSETS comes before PATH', async () => {
    machine.environment = { KUBEBUILDER_ASSETS: '/assets', PATH: '/usr/bin' };
    workshop.put('/assets', ['etcd']);
    workshop.put('/usr/bin');
    await expect(ensure()).resolves.toMatchObject({ etcd: '/assets/etcd', kubectl: '/usr/bin/kubectl' });
  });

  test('PATH comes before the cache', async () => {
    workshop.put('/usr/bin', ['wireguard-go']);
    workshop.put(`${cache}/bin`);
    await expect(ensure()).resolves.toMatchObject({
      wireguardGo: '/usr/bin/wireguard-go',
      etcd: `${cache}/bin/etcd`,
    });
  });

  test('a full cache is used without a question to the network or to Go', async () => {
    workshop.put(`${cache}/bin`);
    workshop.installGo();
    await ensure();
    expect(machine.log).toEqual([]);
    expect(shown).toEqual([]);
  });

  test('the official downloads come before building with Go', async () => {
    workshop.openInternet();
    workshop.installGo();
    await expect(ensure()).resolves.toMatchObject({ kubectl: `${cache}/bin/kubectl` });
    expect(machine.log.filter((line) => line.startsWith('go build')).length).toBe(1);
    expect(shown).toContain('etcd: downloaded');
    expect(shown).toContain('wireguard-go: built');
  });

  test('without a network everything is built with Go', async () => {
    workshop.installGo();
    await ensure();
    expect(machine.log.filter((line) => line.startsWith('go build')).length).toBe(catalogue.length);
  });

  test('the built Kubernetes carries its version', async () => {
    workshop.installGo();
    await ensure();
    const line = machine.log.find((entry) => entry.endsWith('k8s.io/kubernetes/cmd/kube-apiserver'));
    expect(line).toContain('-X k8s.io/component-base/version.gitVersion=v1.36.3');
    expect(line).toContain('-X k8s.io/component-base/version.gitMinor=36');
  });

  test('a machine without Go downloads the pinned one to build what has no download', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.contents.delete('/usr/bin/go');
    machine.serve(`https://dl.google.com/go/go${versions.go}.linux-amd64.tar.gz`, 'the Go distribution');
    const unpackMember = machine.commands.get('tar');
    machine.commands.set('tar', (args, options) => {
      if (args.length > 4) return unpackMember?.(args, options) ?? {};
      machine.contents.set(`${args[3]}/go/bin/go`, '');
      return {};
    });
    await expect(ensure()).resolves.toMatchObject({ wireguardGo: `${cache}/bin/wireguard-go` });
    expect(machine.contents.has(`${cache}/go/bin/go`)).toBe(true);
  });

  test('a tool that is found in that directory already is not made a link to itself', async () => {
    workshop.put(`${cache}/tools`);
    machine.environment = { KUBEBUILDER_ASSETS: `${cache}/tools` };
    const { directory, etcd } = await ensure();
    expect(etcd).toBe(`${directory}/etcd`);
    expect(machine.contents.get(etcd)).toBe(pinned.etcd);
  });

  test('all tools are linked in one directory, wherever they came from', async () => {
    workshop.put('/usr/bin', ['kubectl', 'etcd']);
    workshop.put(`${cache}/bin`);
    const { directory } = await ensure();
    expect(machine.contents.get(`${directory}/kubectl`)).toBe('link to /usr/bin/kubectl');
    expect(machine.contents.get(`${directory}/kube-apiserver`)).toBe(`link to ${cache}/bin/kube-apiserver`);
  });
});

describe('what is not taken', () => {
  test('a kubectl in PATH of another minor version', async () => {
    workshop.put(`${cache}/bin`);
    machine.contents.set('/usr/bin/kubectl', 'Client Version: v1.30.1');
    await expect(ensure()).resolves.toMatchObject({ kubectl: `${cache}/bin/kubectl` });
  });

  test('a cached binary of an older pin, even of the same minor version', async () => {
    workshop.put(`${cache}/bin`);
    machine.contents.set(`${cache}/bin/etcd`, 'etcd Version: 3.6.1');
    workshop.installGo();
    await ensure();
    expect(machine.contents.get(`${cache}/bin/etcd`)).toBe(pinned.etcd);
  });

  test('a download whose sum differs from the published one: nothing of it stays', async () => {
    workshop.openInternet();
    workshop.installGo();
    const { url } = workshop.downloadOf('kubectl');
    machine.serve(url, 'an altered kubectl', pinned.kubectl);
    await ensure();
    expect(shown.find((line) => line.startsWith('kubectl: not downloaded'))).toContain('SHA-256');
    expect(shown).toContain('kubectl: built');
    expect([...machine.contents.values()]).not.toContain('an altered kubectl');
    expect([...machine.contents.keys()].filter((path) => path.includes('kubectl-'))).toEqual([]);
  });

  test('a download that is another version than its address says', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.serve(workshop.downloadOf('kubectl').url, 'Client Version: v1.36.0');
    await ensure();
    expect(shown).toContain('kubectl: not downloaded: it is version 1.36.0');
    expect(machine.contents.get(`${cache}/bin/kubectl`)).toBe(pinned.kubectl);
  });
});

describe('a slow network', () => {
  test('a server that does not answer within five seconds gives way to Go', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.pages.set(workshop.downloadOf('kubectl').url, { hangs: 'at once' });
    const ensured = ensure();
    await settle();
    expect(shown).not.toContain('kubectl: building with Go');
    machine.advance(5_000);
    await ensured;
    expect(shown).toContain('kubectl: not downloaded: dl.k8s.io did not answer within 5 s');
    expect(shown).toContain('kubectl: built');
    expect(machine.isWaiting).toBe(false);
  });

  test('a transfer that stands still gives way too', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.pages.set(workshop.downloadOf('kubectl').url, { hangs: 'half way' });
    const ensured = ensure();
    await settle();
    machine.advance(20_000);
    await ensured;
    expect(shown.find((line) => line.startsWith('kubectl: not downloaded'))).toContain('stood still for 20 s');
  });
});

describe('when nothing works', () => {
  test('the error says for each tool what was tried, and what to do', async () => {
    workshop.put('/usr/bin', ['etcd', 'wireguard-go']);
    machine.contents.set('/usr/bin/kubectl', 'Client Version: v1.30.1');
    await expect(ensure()).rejects.toThrow(
      /kubectl 1\.36\.3: KUBEBUILDER_ASSETS is not set; \/usr\/bin\/kubectl is version 1\.30\.1; .*no such host.*no Go 1\.21/,
    );
    await expect(ensure()).rejects.toThrow(/Connect this machine to the internet, or install Go/);
    await expect(ensure()).rejects.not.toThrow(/etcd 3/);
  });

  test('a build that fails shows the end of what the compiler said', async () => {
    machine.contents.set('/usr/bin/go', '');
    machine.commands.set('go', (args) =>
      args[0] === 'version'
        ? { stdout: 'go version go1.26.8 linux/amd64' }
        : { code: 1, stderr: 'go: downloading x\nmain.go:1: syntax error\n' },
    );
    await expect(ensure()).rejects.toThrow(/main\.go:1: syntax error/);
  });

  test('a Go too old to fetch its successor is not used', async () => {
    machine.contents.set('/usr/bin/go', '');
    machine.commands.set('go', () => ({ stdout: 'go version go1.19.8 linux/amd64' }));
    await expect(ensure()).rejects.toThrow(/no Go 1\.21 or newer in PATH/);
  });

  test('an interruption ends the work at once and leaves no lock behind', async () => {
    const interruption = new AbortController();
    workshop.installGo(() => interruption.abort(new Error('interrupted')));
    await expect(ensure(interruption.signal)).rejects.toThrow('interrupted');
    expect(machine.log.filter((line) => line.startsWith('go build')).length).toBe(1);
    expect(machine.locked).toEqual(new Set());
  });
});

describe('two processes at once', () => {
  test('the second waits for the first and builds nothing again', async () => {
    let finishFirstBuild = (): void => {};
    const started = new Promise<void>((resolve) => {
      workshop.installGo();
      const build = machine.commands.get('go');
      machine.commands.set('go', async (args, options) => {
        if (args[0] === 'build') {
          resolve();
          await new Promise<void>((finish) => {
            finishFirstBuild = finish;
          });
        }
        return build?.(args, options) ?? {};
      });
    });
    const first = ensure();
    await started;
    const second = ensure();
    await settle();
    expect(shown).toContain('waiting for another process, which prepares the same tools …');
    const poll = async (): Promise<void> => {
      finishFirstBuild();
      await settle();
      machine.advance(500);
    };
    for (let i = 0; i < catalogue.length + 2; i += 1) await poll();
    expect(await second).toEqual(await first);
    expect(machine.log.filter((line) => line.startsWith('go build')).length).toBe(catalogue.length);
  });
});
