import { type ReasonTable, userErrors } from '../errors.ts';

/** What a container registry can refuse; spread into the reasons of each action that asks one. */
export const registryReasons = {
  'image-not-found': {
    meaning: 'The registry has no such image, tag or digest, or hides it from this account.',
    remedy:
      'Push the image first (or set `wait-for-image`), check the spelling, and give `registry-username` and `registry-password`.',
  },
  'registry-denied': {
    meaning: 'The registry wants credentials, or refused the given ones.',
    remedy: 'Set `registry-username` and `registry-password`, or log in before this step (docker/login-action).',
  },
  'registry-rate-limited': {
    meaning: 'The registry’s rate limit did not lift in time.',
    remedy: 'Log in to the registry: accounts have higher limits than anonymous pulls.',
  },
  'registry-unavailable': {
    meaning: 'The registry could not be reached, or answered with server errors several times.',
    remedy: 'Run again; check the registry’s host name and the proxy settings of the runner.',
  },
  'digest-mismatch': {
    meaning: 'The registry’s digest for the tag is another than the given one, or does not fit the content it sent.',
    remedy: 'Pass the digest of the very build that was pushed under this tag; a tag may have been overwritten.',
  },
  'platform-missing': {
    meaning: 'The image lacks a platform that `platforms` asks for.',
    remedy: 'Build the image for every platform of the cluster’s nodes, or correct `platforms`.',
  },
} satisfies ReasonTable;

/** An error of the registry's table. */
export const registryUserError = userErrors(registryReasons);
