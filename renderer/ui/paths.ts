/** A path, of any system, or a URL as its last part and what stands before it. */
export function splitPath(location: string): { readonly name: string; readonly folder: string } {
  const trimmed = location.replace(/[/\\]+$/, '');
  const cut = Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\'));
  if (cut < 0 || trimmed === '') return { name: location, folder: '' };
  return { name: trimmed.slice(cut + 1), folder: trimmed.slice(0, cut) || trimmed.slice(0, 1) };
}
