/** A kubeconfig that is not used, with the field that is the reason. Holds nothing of the field's content. */
export class KubeconfigRejected extends Error {
  /** For example `users[].user.exec`; empty when the whole text is the problem. */
  readonly field: string;

  constructor(field: string, reason: string) {
    super(field === '' ? `kubeconfig refused: ${reason}` : `kubeconfig refused: ${field}: ${reason}`);
    this.name = 'KubeconfigRejected';
    this.field = field;
  }
}
