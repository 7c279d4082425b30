export * from '../../src/adapters/images/oci-layer.ts';
