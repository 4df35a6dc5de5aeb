/** The prototype of addresses and ranges: a JSON document shows their text, for it has no place for their bigints. */
const printable = {
  toJSON(this: { text: string }): string {
    return this.text;
  },
};

/** The fields as an unchangeable value that is its `text` in JSON. */
export function makePrintable<T extends { text: string }>(fields: T): Readonly<T> {
  return Object.freeze(Object.assign(Object.create(printable) as object, fields));
}
