/**
 * A process that has a part of a blob on its way into a storage: `partial-writer.ts ROOT SIZE
 * LENGTH`, of a blob of SIZE bytes the first LENGTH. It says `written` and then waits to be killed.
 */
import { FilesystemStorage } from '../../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { content } from '../../../contracts/storage/content.ts';

const [rootDirectory = '', size, length] = process.argv.slice(2);
const { bytes, digest } = content(Number(size));
const storage = new FilesystemStorage({ rootDirectory });
await storage.start();
const staged = await storage.blobs.stage(digest);
await staged.append([bytes.subarray(staged.length, Number(length))]);
process.stdout.write('written\n');
setInterval(() => {}, 1000);
