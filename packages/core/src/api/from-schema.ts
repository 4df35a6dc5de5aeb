/**
 * The TypeScript type of the values that a schema literal describes. A field is optional unless `required`
 * names it; a list of exactly two is a pair.
 */
export type FromSchema<S> = Value<S, never>;

/** The same after defaulting: a field that has a `default` is always there. */
export type CompleteFromSchema<S> = Value<S, { readonly default: unknown }>;

/** `Filled` is what a field's schema must extend for the field to be there although nobody required it. */
type Value<S, Filled> = S extends { readonly enum: readonly (infer Choice)[] }
  ? Choice
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'integer' }
      ? number
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends { readonly type: 'array'; readonly items: infer Item }
          ? List<S, Value<Item, Filled>>
          : S extends { readonly additionalProperties: infer Item }
            ? Record<string, Value<Item, Filled>>
            : S extends { readonly properties: infer Fields }
              ? Flat<
                  { [K in Present<S, Fields, Filled>]: Value<Fields[K], Filled> } & {
                    [K in Exclude<keyof Fields, Present<S, Fields, Filled>>]?: Value<Fields[K], Filled>;
                  }
                >
              : never;

type List<S, Item> = S extends { readonly minItems: 2; readonly maxItems: 2 } ? [Item, Item] : Item[];

type Present<S, Fields, Filled> =
  | (S extends { readonly required: readonly (infer Name)[] } ? Name & keyof Fields : never)
  | { [K in keyof Fields]: [Filled] extends [never] ? never : Fields[K] extends Filled ? K : never }[keyof Fields];

type Flat<T> = { [K in keyof T]: T[K] };
