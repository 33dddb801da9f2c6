// They are so.
#include "gangway/standard_streams.hpp"

namespace gangway {

void prepare_standard_streams() {}

}  // namespace gangway
