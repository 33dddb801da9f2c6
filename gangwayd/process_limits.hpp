// What the daemon asks of its process before anything else.
#pragma once

// Descriptors up to the hard limit (each session takes two), files of ours readable by nobody else,
// and a closed stderr that does not kill.
void prepare_process();
