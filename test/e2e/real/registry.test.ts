import { describeRegistry } from '../../shared/registry/registry-suite.ts';
import { startDebianRegistry } from '../../support/debian-registry.ts';

describeRegistry("Debian's docker-registry", startDebianRegistry);
