import { beforeEach, describe, expect, test } from 'vitest';
import { ensureHost } from './host.ts';
import type { Progress } from './progress.ts';
import { FakeMachine } from './testing/fake-machine.ts';

let machine: FakeMachine;

const progress: Progress = { note: () => {}, begin: () => ({ advance: () => {}, end: () => {} }) };

beforeEach(() => {
  machine = new FakeMachine();
  for (const path of ['/usr/sbin/ip', '/usr/sbin/nft', '/usr/bin/wg', '/dev/net/tun']) machine.contents.set(path, '');
  machine.commands.set('unshare', () => ({}));
});

function ensure(): Promise<void> {
  return ensureHost({ machine, progress });
}

function refuseNamespaces(): void {
  machine.commands.set('unshare', () => ({ code: 1, stderr: 'unshare: unshare failed: Operation not permitted\n' }));
}

test('a machine that has everything is left alone', async () => {
  machine.userID = 0;
  await ensure();
  expect(machine.log).toEqual(['unshare -Urmpf --kill-child --mount-proc true']);
});

test('another system than Linux is refused before anything runs', async () => {
  machine.platform = 'darwin';
  await expect(ensure()).rejects.toThrow(/needs Linux/);
  expect(machine.log).toEqual([]);
});

describe('user namespaces', () => {
  test.each([
    ['/proc/sys/user/max_user_namespaces', '0', 'sudo sysctl -w user.max_user_namespaces=10000'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    [
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
      '1',
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    ],
  ])('when they are refused, %s = %s is named with its remedy', async (path, value, remedy) => {
    refuseNamespaces();
    machine.contents.set(path, `${value}\n`);
    await expect(ensure()).rejects.toThrow(remedy);
  });

  test.each([
    ['/proc/sys/user/max_user_namespaces', '0', 'LAB_COMMAND'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'LAB_NEEDS_ROOT'],
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', 'LAB_NEEDS_ROOT'],
  ])('whether root would be allowed one is told by the code: %s is %s', async (path, value, code) => {
    refuseNamespaces();
    machine.contents.set(path, `${value}\n`);
    await expect(ensure()).rejects.toMatchObject({ code });
  });

  test("a refusal without a known setting shows the kernel's word and points to containers", async () => {
    refuseNamespaces();
    await expect(ensure()).rejects.toThrow(/Operation not permitted.*--privileged/);
  });

  test('a setting for ordinary users is not blamed when root is refused', async () => {
    refuseNamespaces();
    machine.userID = 0;
    machine.contents.set('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1\n');
    await expect(ensure()).rejects.toThrow(/--privileged/);
  });
});

test('a missing tun device is named with its remedy', async () => {
  machine.contents.delete('/dev/net/tun');
  await expect(ensure()).rejects.toThrow(/\/dev\/net\/tun.*modprobe tun/);
});

test('a tun device that the user may not open is told apart from a missing one', async () => {
  machine.closed.add('/dev/net/tun');
  await expect(ensure()).rejects.toThrow('sudo chmod 0666 /dev/net/tun');
});

describe('missing commands', () => {
  beforeEach(() => {
    machine.contents.delete('/usr/sbin/nft');
    machine.contents.delete('/usr/bin/wg');
  });

  function offerAptGet(outcomes: readonly number[]): void {
    machine.userID = 0;
    machine.contents.set('/usr/bin/apt-get', '');
    const left = [...outcomes];
    machine.commands.set('apt-get', (args) => {
      if (!args.includes('install')) return {};
      const code = left.shift() ?? 0;
      if (code === 0) for (const path of ['/usr/sbin/nft', '/usr/bin/wg']) machine.contents.set(path, '');
      return { code, stderr: 'E: Unable to locate package nftables' };
    });
  }

  test('an ordinary user is told the one line that installs them', async () => {
    machine.contents.set('/usr/bin/apt-get', '');
    await expect(ensure()).rejects.toThrow('run `sudo apt-get install nftables wireguard-tools`');
  });

  test('without apt-get the packages are named', async () => {
    machine.userID = 0;
    await expect(ensure()).rejects.toThrow('install the packages nftables, wireguard-tools');
  });

  test('root installs exactly what is missing', async () => {
    offerAptGet([0]);
    await ensure();
    expect(machine.log[0]).toMatch(/^apt-get .* install -y --no-install-recommends nftables wireguard-tools$/);
    expect(machine.log.filter((line) => line.endsWith(' update'))).toEqual([]);
  });

  test('the package lists are renewed when the first attempt fails', async () => {
    offerAptGet([100, 0]);
    await ensure();
    expect(machine.log.map((line) => line.split(' ').find((word) => word === 'install' || word === 'update'))).toEqual([
      'install',
      'update',
      'install',
      undefined,
    ]);
  });

  test('the words of apt-get are shown when it fails for good', async () => {
    offerAptGet([100, 100]);
    await expect(ensure()).rejects.toThrow(/Unable to locate package nftables/);
  });
});
