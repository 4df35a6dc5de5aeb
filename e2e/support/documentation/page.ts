import { lexer, type Token, walkTokens } from 'marked';

/** A fenced block of a page, or a comment `<!-- run … -->`, which is run though no reader sees it. */
export interface Block {
  /** Where it begins in the page, counted from 1. */
  readonly line: number;
  /** The first word after the fence; empty when there is none. */
  readonly language: string;
  readonly text: string;
  /** What the comments right before it say. */
  readonly notes: Notes;
}

/** What comments say of the block that follows them. */
export interface Notes {
  /** `<!-- not run: REASON -->`: why it is not tried. */
  readonly 'not run'?: string;
  /** `<!-- file: NAME -->`: later blocks of the page find its text under this name. */
  readonly file?: string;
  /** `<!-- values: CHART -->`: its YAML is values of this chart. */
  readonly values?: string;
  /** `<!-- kubeconfig -->`: its YAML is a kubeconfig for a leaf. */
  readonly kubeconfig?: string;
}

/** One page of the documentation. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What links to a part of this page may name. */
  readonly anchors: ReadonlySet<string>;
  /** Every target of a link or picture, as it is written. */
  readonly links: readonly string[];
}

const comment = /<!--\s*([\s\S]*?)\s*-->/g;
const note = /^(not run|file|values(?=: *charts\/)|kubeconfig)(?:: *([\s\S]*))?$/;

/** Reads a page. Throws for a note that stands before nothing. */
export function readPage(path: string, markdown: string): Page {
  const tokens = lexer(markdown);
  return { path, blocks: blocksOf(path, tokens), anchors: anchorsOf(tokens), links: linksOf(tokens) };
}

function blocksOf(path: string, tokens: readonly Token[]): Block[] {
  const blocks: Block[] = [];
  let notes: Record<string, string> = {};
  for (const { token, line } of placed(tokens, 1)) {
    if (token.type === 'html') {
      for (const [, words = ''] of token.raw.matchAll(comment)) {
        const [, key = '', value = ''] = note.exec(words) ?? [];
        if (key !== '') notes[key] = value;
        if (words.startsWith('run\n')) {
          blocks.push({ line, language: 'sh', text: words.slice('run\n'.length), notes: {} });
        }
      }
    } else if (token.type === 'code') {
      blocks.push({ line, language: token.lang?.split(' ')[0] ?? '', text: token.text, notes });
      notes = {};
    } else if (token.type !== 'space' && Object.keys(notes).length > 0) {
      throw new Error(`${path}:${line}: a comment "${Object.keys(notes)[0]}" stands before no block`);
    }
  }
  return blocks;
}

/** What stands in the text, one after the other, with its line; of a list what its items hold. */
function placed(tokens: readonly Token[], first: number): { readonly token: Token; readonly line: number }[] {
  let line = first;
  return tokens.flatMap((token) => {
    const at = line;
    line += token.raw.split('\n').length - 1;
    if (token.type === 'list') return placed(token.items, at);
    return token.type === 'list_item' ? placed(token.tokens ?? [], at) : [{ token, line: at }];
  });
}

function linksOf(tokens: Token[]): string[] {
  return everyToken(tokens).flatMap((token) => {
    if (token.type === 'link' || token.type === 'image') return [token.href];
    return token.type === 'html' ? attributes(token.raw, /\b(?:src|href)="([^"]+)"/g) : [];
  });
}

function anchorsOf(tokens: Token[]): Set<string> {
  const anchors = new Set<string>();
  for (const token of everyToken(tokens)) {
    if (token.type === 'heading') anchors.add(unused(anchors, slug(token.text)));
    if (token.type === 'html') for (const id of attributes(token.raw, /\bid="([^"]+)"/g)) anchors.add(id);
  }
  return anchors;
}

function everyToken(tokens: Token[]): Token[] {
  const all: Token[] = [];
  void walkTokens(tokens, (token) => void all.push(token));
  return all;
}

const attributes = (html: string, pattern: RegExp): string[] =>
  [...html.matchAll(pattern)].map(([, value = '']) => value);

/** What GitHub makes of a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

function unused(taken: ReadonlySet<string>, name: string): string {
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? name : `${name}-${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}
