/** What a language must hold: the English texts decide which keys exist. */
import type { en } from './en.ts';

type Shape<T> = { readonly [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

export type Texts = Shape<typeof en>;
