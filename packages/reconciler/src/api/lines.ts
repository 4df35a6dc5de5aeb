/**
 * The lines of a byte stream, without their line ends; text after the last line end is a line too.
 * Throws when a line grows beyond `maxBytes`, so that an endless line cannot fill the memory.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const takeLine = (): string => {
    const line = Buffer.concat(pending).toString('utf8');
    pending = [];
    pendingBytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end));
      yield takeLine();
      start = end + 1;
    }
    keep(chunk.subarray(start));
  }
  if (pendingBytes > 0) yield takeLine();

  function keep(part: Uint8Array): void {
    pendingBytes += part.length;
    if (pendingBytes > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
    if (part.length > 0) pending.push(part);
  }
}

const lineFeed = 0x0a;
