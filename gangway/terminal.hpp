// What standard output is: a terminal of some width, or a file or pipe. One source file a platform.
#pragma once

#include "gangway/progress_view.hpp"

namespace gangway {

// Colour only on a terminal that has it, and never with NO_COLOR set (https://no-color.org).
appearance standard_output_appearance();

}  // namespace gangway
