import { createEchoServer, echoPort } from './pods/echo-server.ts';
import { createWebServer } from './pods/web-server.ts';

const [host = '0.0.0.0', port = '80'] = process.argv.slice(2);

const server = createWebServer();
// Clients measure round trips on one connection, with pauses.
server.keepAliveTimeout = 60_000;
server.listen(Number(port), host, () => console.log(`serving on ${host}:${port}`));
createEchoServer().bind(echoPort, host);
process.once('SIGTERM', () => process.exit(0));
