export * from '../../../src/testing/storage/content.ts';
