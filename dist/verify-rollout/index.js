import { start } from '../suite/index.js';

start('verify-rollout');
