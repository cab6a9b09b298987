/** What postgres-test-server.ts and its process share. */
export type ServerRequest = 'start' | 'stop' | 'close';
export type ServerAnswer = { readonly port: number } | { readonly error: string };

export const USER = 'postgres';
/** One that has to be escaped in a URL. */
export const PASSWORD = 'p@ss/w:rd?#%41';
