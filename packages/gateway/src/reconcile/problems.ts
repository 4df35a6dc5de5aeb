import { type EventRecorder, type KubeObject, type Logger, objectKey } from '@leafway/reconciler';

/** Something that people have to put right in an object, told in one sentence. */
export class Problem extends Error {
  readonly regarding: KubeObject;
  /** One word, as events have it, and what could not be done because of it. */
  readonly reason: string;
  readonly action: string;

  constructor(regarding: KubeObject, { reason, action }: { reason: string; action: string }, sentence: string) {
    super(sentence);
    this.name = 'Problem';
    this.regarding = regarding;
    this.reason = reason;
    this.action = action;
  }
}

/** Tells people of problems, in the log and by an event: of each once, until it is another one. */
export interface Problems {
  /** What is wrong now with the subject of a loop, by its key; `undefined` when nothing is. */
  update(subject: string, problem: Problem | undefined): void;
}

export function createProblems(events: Pick<EventRecorder, 'record'>, log: Logger): Problems {
  const told = new Map<string, string>();
  return {
    update: (subject, problem) => {
      if (told.get(subject) === problem?.message) return;
      if (problem === undefined) {
        told.delete(subject);
        return;
      }
      const { regarding, reason, action, message } = problem;
      told.set(subject, message);
      log.warn({ kind: regarding.kind, object: objectKey(regarding), reason }, message);
      events.record(regarding, { type: 'Warning', reason, action, note: message });
    },
  };
}
