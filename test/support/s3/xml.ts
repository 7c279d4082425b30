/** An element for each name, in order; a list gives one element for each item. */
export interface Elements {
  readonly [name: string]: string | number | boolean | Elements | readonly (string | Elements)[];
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function document(root: string, elements: Elements): string {
  const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${xmlns}">${inner(elements)}</${root}>`;
}

function inner(elements: Elements): string {
  return Object.entries(elements)
    .flatMap(([name, value]) => {
      const values = Array.isArray(value) ? value : [value];
      return values.map((each: Elements[string]) => `<${name}>${content(each)}</${name}>`);
    })
    .join('');
}

function content(value: Elements[string]): string {
  if (typeof value === 'object') return inner(value as Elements);
  return String(value).replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '');
}

/** The texts of all elements of this name, wherever they are. */
export function textsOf(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'));
  return [...found].map(([, text = '']) => unescaped(text));
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
