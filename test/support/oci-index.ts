export * from '../../src/adapters/images/oci-index.ts';
