/** Loads the certificate library, which expects the metadata extension of `Reflect` to be there when it is loaded. */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
