/** A minimal ustar writer (POSIX.1-1988): what an image layer needs, deterministic. */

export interface TarFile {
  content: string | Uint8Array;
  mode?: number;
}

export type TarFiles = Record<string, string | Uint8Array | TarFile>;

const BLOCK = 512;
const REGULAR_FILE = '0';
const DIRECTORY = '5';

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function header(name: string, type: string, size: number, mode: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`name too long for this tar writer: ${name}`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
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

/** An archive of `files`, with an entry for each parent folder; everything is owned by root. */
export function tar(files: TarFiles): Buffer {
  const blocks: Buffer[] = [];
  const folders = new Set<string>();
  for (const [path, value] of Object.entries(files)) {
    for (const folder of parentsOf(path)) {
      if (!folders.has(folder)) blocks.push(header(folder, DIRECTORY, 0, 0o755));
      folders.add(folder);
    }
    const { content, mode } = asFile(value);
    const bytes = Buffer.from(content);
    blocks.push(header(path, REGULAR_FILE, bytes.length, mode), bytes, padding(bytes.length));
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}
