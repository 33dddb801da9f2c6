// Paths in the engine's answers, as the client knows them. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

using path_restoration = std::function<std::string(const std::string&)>;

// The body of an answer with each text that begins like a path given to `restore`, wherever it
// stands, and no other byte changed: what names a path of the engine's machine that is another one
// here cannot be mistaken (config/share.cpp). Nothing: it stays as it is, because no text changes
// or because it is no JSON.
std::optional<std::string> restore_paths(std::string_view body, const path_restoration& restore);

// The same for the fields alone that name sources of mounts, and the paths in the message of an
// error. For hosts whose paths in the guest, such as /c/Users/me, containers may have, too.
// Sources: moby api/swagger.yaml, Mount, MountPoint, Volume, HostConfig.Binds, ErrorResponse;
// before version 1.20 an inspected container's "Volumes".
std::optional<std::string> restore_sources(std::string_view body, const path_restoration& restore);

}  // namespace proxy
