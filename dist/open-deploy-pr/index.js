import { start } from '../suite/index.js';

start('open-deploy-pr');
