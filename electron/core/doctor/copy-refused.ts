import { SourceError } from '../sources/source-error.ts';

/** Why a source, or a part of it, cannot be repaired in a copy. Texts: `notWritable.<reason>`. */
const REASONS = {
  server:
    'it is no file and no folder. Repair it in place, or copy its states to a store of their own and repair them there',
  backends: 'its states are in the backends that it names. Repair it in place, or each backend by itself',
  encrypted: 'its states are encrypted. Repair it in place, where they stay so',
  link: 'it is a link that leads out of the folder, so a copy would change the original. Repair what it leads to by itself',
  inside: 'the copy would be a part of what it is a copy of. Choose a place outside',
} as const;

/** @param location of the original: nobody knows a copy that is not there yet by its name */
export function copyRefused(location: string, reason: keyof typeof REASONS): SourceError {
  const message = `No repaired copy of ${location} was made: ${REASONS[reason]}.`;
  return new SourceError('copy-refused', message, { location, reason });
}
