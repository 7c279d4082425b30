import { StorageFailed } from 'kagami-registry';

/**
 * What `act` gives; if it fails, it is the storage that failed, which Kagami knows how to go on
 * without.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function orFailed(what, act) {
  try {
    return await act();
  } catch (cause) {
    throw cause instanceof StorageFailed ? cause : new StorageFailed(what, { cause });
  }
}

/**
 * What `act` gives, or `otherwise` if there is no such file.
 *
 * @template T, U
 * @param {() => Promise<T>} act
 * @param {U} otherwise
 * @returns {Promise<T | U>}
 */
export async function unlessAbsent(act, otherwise) {
  try {
    return await act();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return otherwise;
    throw error;
  }
}
