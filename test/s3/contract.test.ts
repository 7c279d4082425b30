import { blobStoreContract, recordStoreContract } from '../contracts/storage-engine.ts';
import { ownStorage } from './real-s3-suite.ts';

blobStoreContract('a real S3 server', ownStorage);
recordStoreContract('a real S3 server', ownStorage);
