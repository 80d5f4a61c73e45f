import { start } from '../suite/index.js';

start('create-tag');
