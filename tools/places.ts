/** The page with this text between `<!-- name -->` and `<!-- /name -->`. Throws where it has no such place. */
export function put(name: string, text: string, page: string): string {
  const place = new RegExp(`(<!-- ${name} -->\n)[^]*(<!-- /${name} -->)`);
  if (!place.test(page)) throw new Error(`The page has no place for ${name}.`);
  return page.replace(place, (_, begin, end) => `${begin}${text}${end}`);
}
