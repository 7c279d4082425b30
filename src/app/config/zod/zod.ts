/**
 * zod, loaded without a trace: it makes two globals, which a program that embeds the mirror did not
 * ask for, and which zod itself does without once it is loaded. Modules run in the order in which
 * they are imported.
 */
// oxlint-disable import/no-unassigned-import -- what they do is all that they are for
import './globals-before.ts';

export { z } from 'zod';

import './globals-after.ts';
