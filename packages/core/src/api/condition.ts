import type { FromSchema } from './from-schema.ts';
import type { conditions } from './schema-fragments.ts';

/** One aspect of an object's state, in Kubernetes' usual form. */
export type Condition = FromSchema<typeof conditions>[number];
