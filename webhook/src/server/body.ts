import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from './body-budget.ts';
import { limits } from './limits.ts';

/** A request that is refused before it is an admission; the API server shows the text to the user. */
export interface HttpRefusal {
  readonly status: number;
  readonly text: string;
  /** Whether bytes of the body are still to come, so that the connection cannot be used any more. */
  readonly isEarly?: boolean;
}

const tooLarge: HttpRefusal = {
  status: 413,
  text: `the body is larger than ${limits.bodyBytes} bytes`,
  isEarly: true,
};

const tooManyBytes: HttpRefusal = {
  status: 503,
  text: 'the webhook holds as many bytes of requests as it may: try again in a few seconds',
  isEarly: true,
};

/** Why a request is refused by what its headers say; `undefined` when its body may come. */
export function headRefusal({ headers }: IncomingMessage): HttpRefusal | undefined {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';', 1);
  if (mediaType.trim().toLowerCase() !== 'application/json') {
    return { status: 415, text: 'the content type is not application/json', isEarly: true };
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    return { status: 415, text: 'the body is compressed, which is not supported', isEarly: true };
  }
  return Number(headers['content-length'] ?? 0) > limits.bodyBytes ? tooLarge : undefined;
}

/**
 * Collects the body of a request and calls one of the two functions, once; neither when the request breaks off. The
 * bytes count as held until `body` returns.
 */
export function collectBody(
  request: IncomingMessage,
  budget: BodyBudget,
  on: { readonly body: (bytes: Buffer) => void; readonly refusal: (refusal: HttpRefusal) => void },
): void {
  const chunks: Buffer[] = [];
  let [bytes, isOver] = [0, false];
  budget.open();
  const finish = (): void => {
    isOver = true;
    budget.close(bytes);
  };
  request.on('data', (chunk: Buffer) => {
    if (isOver) return;
    const next = bytes + chunk.length;
    const refusal = next > limits.bodyBytes ? tooLarge : budget.resize(bytes, next) ? undefined : tooManyBytes;
    if (refusal === undefined) {
      bytes = next;
      chunks.push(chunk);
      return;
    }
    chunks.length = 0;
    finish();
    on.refusal(refusal);
  });
  request.on('end', () => {
    if (isOver) return;
    try {
      const [first] = chunks;
      on.body(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    } finally {
      finish();
    }
  });
  request.on('close', () => isOver || finish());
}
