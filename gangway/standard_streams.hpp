// Standard input and output as the command wants them. One source file a platform.
#pragma once

namespace gangway {

// Once, before anything is written: bytes go out as they are, and text is UTF-8.
void prepare_standard_streams();

}  // namespace gangway
