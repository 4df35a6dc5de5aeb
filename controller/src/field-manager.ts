/** Who our writes on the central cluster come from. */
export const fieldManager = 'leafway';
