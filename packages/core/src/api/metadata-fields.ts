/** What tells of a schema which fields a value may have; without any of the last three they are not looked at. */
export interface Fields {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Fields>>;
  readonly items?: Fields;
  readonly additionalProperties?: Fields;
}

function fields(...names: readonly string[]): Readonly<Record<string, Fields>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

/** Every field of the metadata of any object. Our schemas do not have them: the API server knows them by itself. */
export const metadataFields: Fields = {
  properties: {
    ...fields('name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers'),
    ...fields('uid', 'resourceVersion', 'generation', 'selfLink'),
    ...fields('creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'),
    ownerReferences: {
      items: { properties: fields('apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion') },
    },
    managedFields: {
      items: {
        properties: fields('manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource'),
      },
    },
  },
};
