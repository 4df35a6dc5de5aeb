import { parser } from '@prometheus-io/lezer-promql';

/** One metric in an expression, with the labels that are asked of it. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What an expression of PromQL uses. */
export interface Expression {
  /** Where the parser does not understand it. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** The labels that it groups or matches by. */
  readonly groupings: readonly string[];
}

/** Reads an expression with the parser of Prometheus' own web interface. Variables of Grafana are not PromQL. */
export function readExpression(text: string): Expression {
  const errors: string[] = [];
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, from, to, type, node }) => {
      const own = text.slice(from, to);
      if (type.isError) errors.push(`at ${from}: ${text.slice(Math.max(0, from - 10), to + 10)}`);
      else if (name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      else if (name === 'Identifier') last(selectors).metric = own;
      else if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') groupings.push(own);
      else if (name === 'LabelName') last(selectors).labels.push(own);
    },
  });
  return { errors, selectors, groupings };
}

function last<T>(list: readonly T[]): T {
  const found = list.at(-1);
  if (found === undefined) throw new Error('a label or a name stands before any selector');
  return found;
}
