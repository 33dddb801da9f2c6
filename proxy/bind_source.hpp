// The source in the text of a bind, "SOURCE:TARGET[:MODE]", where Windows' paths have colons, too.
#pragma once

#include "config/windows_path.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace proxy {

// How much of `bind` is the source. Nothing: there is a target alone. All of it: a shell has taken
// it apart (msys_paths.hpp), and no part is what it was.
std::optional<std::size_t> bind_source_size(std::string_view bind, config::path_dialect dialect);

// Whether it may be a path of this machine; else it names a volume, or is the engine's to refuse.
bool may_be_path(std::string_view source, config::path_dialect dialect);

}  // namespace proxy
