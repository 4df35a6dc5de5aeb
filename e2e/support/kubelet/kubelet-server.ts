import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { createCertificateAuthority } from '@leafway/lab';

/** Where the API server looks for the kubelet of a node. */
export const kubeletPort = 10_250;

/** Answers what an API server asks a kubelet. */
export interface KubeletServer {
  connect(): Socket;
  close(): void;
}

/**
 * Serves of a kubelet's own API what `kubectl logs` and Helm ask for: all that a container has printed. It listens on a
 * socket; the certificate is its own, which the API server of a lab does not check.
 */
export async function createKubeletServer(
  path: string,
  logOf: (namespace: string, pod: string, container: string) => string,
): Promise<KubeletServer> {
  const authority = await createCertificateAuthority('kubelet', new Date());
  const { cert, key } = await authority.issueServer('kubelet', ['127.0.0.1']);
  const server = createServer({ cert, key }, ({ url = '' }, response) => {
    const [, namespace, pod, container] = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/?]+)/.exec(url) ?? [];
    if (namespace === undefined || pod === undefined || container === undefined) {
      response.writeHead(404).end(`${url} is not served here\n`);
      return;
    }
    void readFile(logOf(namespace, pod, container)).then(
      (text) => response.end(text),
      () => response.writeHead(404).end('nothing was printed\n'),
    );
  });
  await rm(path, { force: true });
  await once(server.listen(path), 'listening');
  return {
    connect: () => connect(path),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
