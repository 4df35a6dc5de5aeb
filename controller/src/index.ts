export { type DrainDependencies, type DrainOptions, type DrainReport, drain } from './drain/drain.ts';
export type { Obstacle } from './drain/obstacles.ts';
export { failureLines, successLines } from './drain/words.ts';
export { leafReasons } from './leaf/conditions.ts';
export { createOperator, type Operator, type OperatorDependencies, type OperatorOptions } from './operator.ts';
export { type ConditionType, conditionTypes, type Phase, reasons, type Verdict } from './shortcut/conditions.ts';
export { type DecideOptions, type Decision, decide, shortcutFinalizer } from './shortcut/decide.ts';
export type { LeafObjects, Observation, ObservedConnection, ObservedLeaf } from './shortcut/observation.ts';
