/** What a journal says of itself does not fit together. */
export class DamagedJournal extends Error {
  override readonly name = 'DamagedJournal';
}
