import { beforeEach, describe, expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { ToolPaths } from './ensure-tools.ts';
import type { FakeMachine } from './testing/fake-machine.ts';
import { aToolWorkshop, cache, pinned, type ToolWorkshop } from './testing/tool-workshop.ts';

let workshop: ToolWorkshop;
let machine: FakeMachine;
let shown: readonly string[];

beforeEach(() => {
  workshop = aToolWorkshop();
  ({ machine, shown } = workshop);
});

const ensure = (): Promise<ToolPaths> => workshop.ensure();

describe('the architecture', () => {
  const fetched = (): string[] => machine.log.filter((line) => line.startsWith('fetch '));

  test.each([
    ['x64', 'amd64'],
    ['arm64', 'arm64'],
  ])('of a machine that Node calls %s has downloads called %s', async (architecture, name) => {
    machine.architecture = architecture;
    machine.commands.set('go', () => ({ code: 127 }));
    await expect(ensure()).rejects.toThrow('no such host');
    expect(fetched()).toHaveLength(catalogue.length);
    for (const line of fetched()) expect(line).toMatch(new RegExp(`\\b${name}\\b|SHA256SUMS$`));
    expect(fetched().some((line) => line.includes('dl.google.com/go'))).toBe(true);
  });

  test('of a machine without downloads is built for with the Go that is there', async () => {
    machine.architecture = 'riscv64';
    workshop.openInternet();
    workshop.installGo();
    await ensure();
    expect(fetched()).toEqual([]);
    expect(machine.log.filter((line) => line.startsWith('go build')).length).toBe(catalogue.length);
  });

  test('of a machine without downloads and Go is named', async () => {
    machine.architecture = 'riscv64';
    workshop.openInternet();
    await expect(ensure()).rejects.toThrow(
      /kubectl 1\.36\.3: .*there is no official download for riscv64; .*there is no Go to download for riscv64/,
    );
  });
});

describe('a transfer that breaks off', () => {
  test('is begun anew', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.pages.set(workshop.downloadOf('kubectl').url, { text: pinned.kubectl, breaks: 1 });
    await ensure();
    expect(shown).toContain('kubectl: downloaded');
    expect(machine.contents.get(`${cache}/bin/kubectl`)).toBe(pinned.kubectl);
  });

  test('twice gives way to Go, and nothing of it stays', async () => {
    workshop.openInternet();
    workshop.installGo();
    const { url } = workshop.downloadOf('kubectl');
    machine.pages.set(url, { text: pinned.kubectl, breaks: 2 });
    await ensure();
    const length = pinned.kubectl.length;
    expect(shown).toContain(
      `kubectl: not downloaded: the download of ${url} broke off after 4 of ${length} bytes, twice`,
    );
    expect(shown).toContain('kubectl: built');
    expect([...machine.contents.keys()].filter((path) => path.includes('/scratch'))).toEqual([]);
  });

  test("a proxy's page in the place of the checksum is told as such", async () => {
    workshop.openInternet();
    workshop.installGo();
    const { checksumURL } = workshop.downloadOf('kubectl');
    machine.pages.set(checksumURL, { text: '<html><title>403 Forbidden by policy</title></html>' });
    await ensure();
    expect(shown).toContain(
      `kubectl: not downloaded: ${checksumURL} has no checksum of kubectl; is it the page of a proxy?`,
    );
  });

  test('in a process that was killed leaves files that the next one removes', async () => {
    machine.contents.set(`${cache}/scratch/kubectl-1/download`, 'half of kubectl');
    workshop.openInternet();
    workshop.installGo();
    await ensure();
    expect([...machine.contents.keys()].filter((path) => path.includes('/scratch'))).toEqual([]);
  });
});

describe('a full disk', () => {
  const full = (directory: string, needed: string, variables = 'XDG_CACHE_HOME'): string =>
    `the disk is full: ${directory} has 12 MB free and about ${needed} are needed there; make room and run the same ` +
    `command again, or set ${variables} to a directory on another disk.`;

  test('during a download ends the work at once: nothing is built on it', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.fullDisk = cache;
    await expect(ensure()).rejects.toMatchObject({ code: 'LAB_DISK_FULL', message: full(cache, '400 MB') });
    expect(machine.log.filter((line) => line.startsWith('go build'))).toEqual([]);
    expect([...machine.contents.keys()].filter((path) => path.startsWith(cache))).toEqual([]);
    expect(machine.locked).toEqual(new Set());
  });

  test('while an archive is unpacked', async () => {
    workshop.openInternet();
    workshop.installGo();
    machine.commands.set('tar', () => {
      machine.fullDisk = cache;
      return { code: 2, stderr: 'tar: etcd: Cannot write: No space left on device' };
    });
    await expect(ensure()).rejects.toMatchObject({ code: 'LAB_DISK_FULL', message: full(cache, '400 MB') });
  });

  test("during a build is named by the compiler's own directory", async () => {
    workshop.installGo();
    const go = machine.commands.get('go');
    machine.commands.set('go', (args, options) =>
      args[0] === 'version'
        ? (go?.(args, options) ?? {})
        : { code: 1, stderr: 'go: writing\nwrite /home/ada/go/pkg/mod/x.zip: no space left on device\n' },
    );
    machine.fullDisk = '/home/ada/go';
    await expect(ensure()).rejects.toMatchObject({
      code: 'LAB_DISK_FULL',
      message: full('/home/ada/go/pkg/mod', '5000 MB', 'XDG_CACHE_HOME and GOPATH'),
    });
  });
});
