/** A path, of any system, or a URL as its last part and what stands before it. */
export function splitPath(location: string): { readonly name: string; readonly folder: string } {
  const [address = '', query] = /^[a-z][a-z0-9+.-]+:\/\//i.test(location) ? location.split(/\?(.*)/s) : [location];
  const trimmed = address.replace(/[/\\]+$/, '');
  const cut = Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\'));
  if (cut < 0 || trimmed === '') return { name: location, folder: '' };
  const folder = trimmed.slice(0, cut) || trimmed.slice(0, 1);
  return { name: trimmed.slice(cut + 1), folder: query === undefined ? folder : `${folder} ?${query}` };
}
