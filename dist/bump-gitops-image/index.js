import { start } from '../suite/index.js';

start('bump-gitops-image');
