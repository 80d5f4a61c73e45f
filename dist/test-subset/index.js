import { start } from '../suite/index.js';

start('test-subset');
