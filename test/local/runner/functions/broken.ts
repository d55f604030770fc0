/** A function that cannot be loaded. */
export const handler = (): null => null;

throw new Error('this module refuses to load');
