export * from '../../src/adapters/images/oci-content.ts';
