#!/usr/bin/env node
/**
 * The command. It is CommonJS because an ES module is itself read by libuv's threads, whose number is
 * settled then: four, and a slow disk that syncs four layers would hold up every cached answer.
 */
// oxlint-disable-next-line node/no-process-env -- the only way to tell libuv
process.env['UV_THREADPOOL_SIZE'] ??= '16';
void import('./main.js');
