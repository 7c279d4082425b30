import { constants } from 'node:fs';
import type { Disk } from './disk.ts';
import { inFolderOf } from './durable.ts';
import { isAbsence } from './fs-errors.ts';
import { OpenFile } from './open-file.ts';
import { writeAll } from './write-all.ts';

const FOR_READING = constants.O_RDONLY | constants.O_NONBLOCK;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Nearly every record is shorter: then one read tells all, and the file's size need not be asked. */
const FIRST_READ = 1024;

/** The bytes of a file; undefined if there is none. */
export async function readSmallFile(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  let file: OpenFile | undefined;
  try {
    file = await OpenFile.open(disk, path, FOR_READING);
    return await readToEnd(file);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  } finally {
    file?.close();
  }
}

async function readToEnd(file: OpenFile): Promise<Uint8Array> {
  let buffer = new Uint8Array(FIRST_READ);
  let length = 0;
  for (;;) {
    const room = buffer.subarray(length);
    const count = await file.read(room, room.length, length);
    length += count;
    if (count < room.length) return buffer.subarray(0, length);
    const larger = new Uint8Array(buffer.length * 4);
    larger.set(buffer);
    buffer = larger;
  }
}

/** Writes a file that must not exist, and its bytes last; its name does not yet. */
export async function writeNewFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await inFolderOf(disk, path, () => OpenFile.open(disk, path, NEW));
  try {
    await writeAll(file, [bytes], 0);
    await file.sync();
  } catch (error) {
    await disk.unlink(path).catch(() => {});
    throw error;
  } finally {
    file.close();
  }
}
