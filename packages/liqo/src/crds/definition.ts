import { type CrdSchema, text } from './schema.ts';

/** A column of `kubectl get`. */
export interface LiqoPrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly priority?: 1;
}

/** A CustomResourceDefinition of Liqo as it is sent to an API server. */
export interface LiqoCustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly [
      {
        readonly name: string;
        readonly served: true;
        readonly storage: true;
        readonly subresources?: { readonly status: Readonly<Record<string, never>> };
        readonly additionalPrinterColumns?: readonly LiqoPrinterColumn[];
        readonly schema: { readonly openAPIV3Schema: CrdSchema };
      },
    ];
  };
}

/** What one of Liqo's kinds differs in from the others. */
interface LiqoKind {
  readonly group: 'networking.liqo.io' | 'ipam.liqo.io' | 'core.liqo.io';
  readonly version: 'v1beta1' | 'v1alpha1';
  readonly kind: string;
  /** Where it is not the kind in lower case and an s. */
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  readonly scope?: 'Cluster';
  readonly description: string;
  readonly spec: CrdSchema;
  readonly specRequired?: true;
  /** Kinds without it have no status subresource either. */
  readonly status?: CrdSchema;
  readonly columns?: readonly LiqoPrinterColumn[];
}

/** The column that every kind ends with. */
export const ageColumn: LiqoPrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The definition of one of Liqo's kinds. */
export function defineKind(kind: LiqoKind): LiqoCustomResourceDefinition {
  const singular = kind.kind.toLowerCase();
  const plural = kind.plural ?? `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${kind.group}` },
    spec: {
      group: kind.group,
      scope: kind.scope ?? 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular,
        ...(kind.shortNames === undefined ? {} : { shortNames: kind.shortNames }),
        categories: ['liqo'],
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          ...(kind.status === undefined ? {} : { subresources: { status: {} } }),
          ...(kind.columns === undefined ? {} : { additionalPrinterColumns: kind.columns }),
          schema: { openAPIV3Schema: wholeObject(kind) },
        },
      ],
    },
  };
}

function wholeObject({ description, spec, specRequired, status }: LiqoKind): CrdSchema {
  return {
    type: 'object',
    description,
    properties: {
      apiVersion: text('API group and version of this object.'),
      kind: text('Kind of this object.'),
      metadata: { type: 'object' },
      spec,
      ...(status === undefined ? {} : { status }),
    },
    ...(specRequired ? { required: ['spec'] } : {}),
  };
}
