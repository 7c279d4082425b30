export * from '../../src/adapters/images/oci-image.ts';
