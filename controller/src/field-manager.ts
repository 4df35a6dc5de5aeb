/** Who our writes come from, on all clusters. */
export const fieldManager = 'leafway';
