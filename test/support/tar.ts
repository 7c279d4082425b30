export * from '../../src/adapters/images/tar.ts';
