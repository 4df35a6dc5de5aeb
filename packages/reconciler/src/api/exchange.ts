import type { Dispatcher } from 'undici';
import { splitLines } from './lines.ts';
import { failure, refusal, tooLate, unexpected } from './translate.ts';
import type { HttpRequest, Transport } from './transport.ts';

export interface Limits {
  /** Longest time for a whole request, watches excepted. */
  readonly timeoutMs: number;
  /** Largest answer, and largest line of a watch. */
  readonly maxAnswerBytes: number;
  /** Longest silence of a watch. */
  readonly maxWatchSilenceMs: number;
}

/** What the server answered, as JSON or else as text. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Roughly: characters count as one each. */
  readonly bytes: number;
}

type Request = Omit<HttpRequest, 'silenceMs'>;

/** Requests with limits on time and size; whatever goes wrong is an `ApiError`. */
export interface Exchange {
  /** Statuses in `allowed` are returned, other refusals are thrown. */
  call(operation: string, request: Request, allowed?: (answer: Answer) => boolean): Promise<Answer>;
  /** The lines of an answer without end. */
  stream(operation: string, request: Request): AsyncGenerator<string>;
}

export function createExchange(transport: Transport, limits: Limits): Exchange {
  return {
    async call(operation, request, allowed = () => false) {
      const limit = AbortSignal.timeout(limits.timeoutMs);
      const signal = request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]);
      try {
        const response = await transport.send({ ...request, signal, silenceMs: limits.timeoutMs });
        return await settle(operation, response, limits, allowed);
      } catch (error) {
        if (limit.aborted) throw tooLate(operation, limits.timeoutMs, request.signal);
        throw failure(operation, error, request.signal);
      }
    },
    async *stream(operation, request) {
      let response: Dispatcher.ResponseData | undefined;
      try {
        response = await transport.send({ ...request, silenceMs: limits.maxWatchSilenceMs });
        if (response.statusCode !== 200) await settle(operation, response, limits, () => false);
        yield* splitLines(response.body, limits.maxAnswerBytes);
      } catch (error) {
        throw failure(operation, error, request.signal);
      } finally {
        response?.body.on('error', ignore).destroy();
      }
    },
  };
}

/** Destroying an unread body reports an error that nobody waits for. */
const ignore = (): void => {};

async function settle(
  operation: string,
  response: Dispatcher.ResponseData,
  limits: Limits,
  allowed: (answer: Answer) => boolean,
): Promise<Answer> {
  const status = response.statusCode;
  const text = await readText(operation, response.body, limits.maxAnswerBytes);
  const isSuccess = status >= 200 && status < 300;
  const answer = { status, body: parseJson(operation, text, isSuccess), bytes: text.length };
  if (isSuccess || allowed(answer)) return answer;
  throw refusal(operation, status, answer.body, Number(response.headers['retry-after']));
}

async function readText(operation: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop destroys the rest of the body.
    if (bytes > maxBytes) throw unexpected(operation, `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A refusal may come as text from a proxy in between; a success must be JSON. */
function parseJson(operation: string, text: string, required: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (required) throw unexpected(operation, 'the answer is not JSON', error);
    return text;
  }
}
