/** A minimal writer of tar files (ustar, and pax for long names): what an image layer needs. */

export interface TarFile {
  content: string | Uint8Array;
  mode?: number;
}

export type TarFiles = Record<string, string | Uint8Array | TarFile>;

const BLOCK = 512;
const REGULAR_FILE = '0';
const DIRECTORY = '5';
const PAX_HEADER = 'x';
const NOTHING = Buffer.alloc(0);
/** As many bytes as a header has room for in a name. */
const LONGEST_NAME = 100;

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function header(name: string, type: string, size: number, mode: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, LONGEST_NAME);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  // The checksum is taken with its own field filled with spaces.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A name that does not fit a header, or is not ASCII, stands in a record before it (pax(1)). */
function longName(name: string): Buffer[] {
  if (Buffer.byteLength(name) <= LONGEST_NAME && /^[\x20-\x7e]*$/.test(name)) return [];
  const record = Buffer.from(paxRecord(` path=${name}\n`));
  return [header('PaxHeader', PAX_HEADER, record.length, 0o644), record, padding(record.length)];
}

/** Its length comes first, and counts its own digits. */
function paxRecord(rest: string): string {
  const length = Buffer.byteLength(rest);
  let digits = 1;
  while (String(length + digits).length > digits) digits++;
  return `${length + digits}${rest}`;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}

function asFile(value: TarFiles[string]): Required<TarFile> {
  const file =
    typeof value === 'string' || value instanceof Uint8Array ? { content: value } : value;
  return { mode: 0o644, ...file };
}

/**
 * An archive of `files`, with an entry for each parent folder; everything is owned by root. A path
 * that ends with a slash is an empty folder.
 */
export function tar(files: TarFiles): Buffer {
  const blocks: Buffer[] = [];
  const folders = new Set<string>();
  const add = (name: string, type: string, bytes: Buffer, mode: number): void => {
    const { length } = bytes;
    blocks.push(...longName(name), header(name, type, length, mode), bytes, padding(length));
  };
  for (const [path, value] of Object.entries(files)) {
    for (const folder of parentsOf(path)) {
      if (!folders.has(folder)) add(folder, DIRECTORY, NOTHING, 0o755);
      folders.add(folder);
    }
    if (path.endsWith('/')) continue;
    const { content, mode } = asFile(value);
    add(path, REGULAR_FILE, Buffer.from(content), mode);
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}
