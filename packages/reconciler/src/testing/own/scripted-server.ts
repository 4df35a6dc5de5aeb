import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Answers the next request. */
export type Script = (response: ServerResponse, request: ReceivedRequest) => void;

/** An HTTP server on loopback that answers as the test says and remembers what it was asked. */
export class ScriptedServer {
  readonly received: ReceivedRequest[] = [];
  connections = 0;
  #script: Script = (response) => response.writeHead(500).end();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        const received = { method, url, headers, body: text === '' ? undefined : JSON.parse(text) };
        this.received.push(received);
        this.#script(response, received);
      });
    });
    this.#server.on('connection', () => (this.connections += 1));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  answer(script: Script): void {
    this.#script = script;
  }

  answerJson(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.answer((response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
