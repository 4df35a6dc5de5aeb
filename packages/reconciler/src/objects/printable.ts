/**
 * The text without half characters, which come back from a server as others, and without control characters, which a terminal
 * would obey: words from elsewhere stand in messages. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
