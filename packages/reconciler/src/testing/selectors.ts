import type { KubeObject } from '../api/kube-api.ts';

/** The part of a list or watch that chooses objects. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/**
 * True when the object is chosen. Knows `a=b`, `a==b`, `a!=b`, `a` and `!a` of labels, and `metadata.name` and
 * `metadata.namespace` of fields. Throws for anything else, rather than choosing wrongly.
 */
export function isSelected(object: KubeObject, selection: Selection): boolean {
  const { namespace, labels = {}, name } = object.metadata;
  if (selection.namespace !== undefined && selection.namespace !== namespace) return false;
  const fields: Record<string, string | undefined> = { 'metadata.name': name, 'metadata.namespace': namespace };
  return (
    terms(selection.labelSelector).every((term) => holds(term, labels)) &&
    terms(selection.fieldSelector).every((term) => {
      if (!/^metadata\.(name|namespace)(=|!=)/.test(term))
        throw new Error(`the field selector "${term}" is not known here`);
      return holds(term, fields);
    })
  );
}

function terms(selector: string | undefined): string[] {
  return (selector ?? '').split(',').filter((term) => term !== '');
}

function holds(term: string, values: Record<string, string | undefined>): boolean {
  const match = /^(?<not>!?)(?<key>[\w./-]+)(?:(?<operator>==|=|!=)(?<value>[\w.-]*))?$/.exec(term);
  if (match?.groups === undefined) throw new Error(`the selector "${term}" is not known here`);
  const { not, key = '', operator, value } = match.groups;
  if (operator === undefined) return (values[key] !== undefined) !== (not === '!');
  return (values[key] === value) !== (operator === '!=');
}
