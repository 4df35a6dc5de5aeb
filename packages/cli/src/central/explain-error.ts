import { type ApiError, isApiError } from '@leafway/reconciler';
import { CliError, failed } from '../errors.ts';

/** A cluster as messages call it. */
export interface NamedServer {
  /** For example `the central cluster`. */
  readonly name: string;
  readonly server: string;
}

/** What to say about any error of a command that spoke to a cluster: a `CliError` stays, the rest becomes one. */
export function explainError(error: unknown, target: NamedServer): CliError {
  if (error instanceof CliError) return error;
  if (isApiError(error, 'Aborted')) return new CliError('INTERRUPTED', 'interrupted');
  if (isApiError(error)) return failed(explainApiError(error, target), error);
  return failed(error instanceof Error ? error.message : String(error), error);
}

/** One sentence on why a cluster did not do what was asked, and what to do next. */
export function explainApiError(error: ApiError, { name, server }: NamedServer): string {
  const said = serversWords(error);
  switch (error.code) {
    case 'Unavailable':
      if (/failed calling webhook/.test(said))
        return `${name} could not ask Leafway's webhook: ${said}; check that the webhook runs`;
      if (error.status !== 0) return `${name} cannot do this now: ${said}; try again in a while`;
      if (/certificate|altnames|self.signed/i.test(said))
        return `${name} at ${server} cannot be trusted: ${said}; the kubeconfig's certificate-authority-data must be that cluster's`;
      return `${name} at ${server} does not answer: ${said}; check that it runs, and that --kubeconfig, --context or KUBECONFIG means it`;
    case 'Unauthorized':
      return `${name} at ${server} does not accept the credentials of the kubeconfig: they may have expired; log in to the cluster again`;
    case 'Forbidden':
      return `${name} does not allow this: ${said}; ask its administrator for that right, or use another --context`;
    case 'NotFound':
      if (!isUnknownKind(error)) return `${name}: ${said}`;
      return `${name} at ${server} does not know this kind (${error.operation}): install Leafway's CRDs there, or choose the central cluster with --context`;
    case 'Invalid':
      return `${name} refused it: ${said}`;
    case 'Throttled':
      return `${name} is overloaded: ${said}; try again in a while`;
    default:
      return `${name}: ${error.operation}: ${said}`;
  }
}

/** The server has no such kind at all, rather than no such object. */
export function isUnknownKind({ code, message }: ApiError): boolean {
  return code === 'NotFound' && message.endsWith('the server does not serve this kind (HTTP 404)');
}

/** A line for a wait that goes on although the central cluster does not answer. */
export function explainTrouble(error: ApiError): string {
  return `the central cluster does not answer at the moment (${serversWords(error)}); still waiting`;
}

/** The message without what was tried, and without the name of the webhook or policy that spoke. */
export function serversWords({ message, operation }: ApiError): string {
  const said = message.startsWith(`${operation}: `) ? message.slice(operation.length + 2) : message;
  return said
    .replace(/^no answer: /, '')
    .replace(/^admission webhook "[^"]*" denied the request: /, '')
    .replace(/^.*ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request: /, '');
}
