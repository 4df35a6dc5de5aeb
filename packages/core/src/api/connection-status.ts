import { conditions, observedGeneration } from './schema-fragments.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** What the status of every kind of the Foreign Cluster Connector has; the last two are ours. */
export const connectionStatusFields = {
  isConnected: { type: 'boolean', description: 'Whether packets pass between the two clusters.' },
  lastUpdated: {
    type: 'string',
    format: 'date-time',
    maxLength: 64,
    description: 'When this status last changed.',
  },
  phase: {
    type: 'string',
    maxLength: 64,
    description: 'The state in one word: Pending, Connecting, Connected or Failed.',
  },
  errorMessage: { type: 'string', maxLength: 4096, description: 'Why the phase is Failed.' },
  observedGeneration: { ...observedGeneration, description: 'The metadata.generation that was last carried out.' },
  conditions,
} as const satisfies Record<string, StructuralSchema>;
