// What the daemon asks of its process before anything else.
#pragma once

// Descriptors up to the hard limit (each session takes two), files of ours readable by nobody else,
// a closed stderr that does not kill, and XDG_RUNTIME_DIR where a login would have set it.
void prepare_process();
