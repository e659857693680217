// One name for all scripts. They are classic scripts, not modules: browsers refuse modules from a file.
"use strict";
const rpsdg = { take: () => {} };
