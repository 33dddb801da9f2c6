// The requests of the Docker Engine API that name paths of the client's machine, and where in them.
// Sources: moby api/swagger.yaml; daemon/server/router/container (HostConfig beside the fields of
// its own at the root, before version 27); volume/local (options "o" and "device"); plugin/v2
// (settable.go: "MOUNT.source=PATH"); api/types/filters (Args: a map of values, before API 1.22 a
// list), daemon/list.go (`volume` is a mount's name, source or target).
#pragma once

#include "config/windows_path.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

enum class names_paths {
    no,
    container,    // POST /containers/create
    host_config,  // POST /containers/{id}/start before API 1.24: a HostConfig alone
    volume,       // POST /volumes/create
    service,      // POST /services/create and /services/{id}/update
    plugin,       // POST /plugins/{name}/set
    filter,       // GET /containers/json, in the query: what `filters` says of `volume`
};

// What the engine does about a bind source that does not exist.
enum class missing_source {
    is_an_error,
    is_created,  // as a directory
};

// Gives what takes a path's place; may throw, and then so does translate_paths().
using path_translation = std::function<std::string(const std::string&, missing_source)>;

// The body with every bind source translated, and no other byte changed. Nothing: it stays as it
// is, because no source changes or because it is no JSON (which the engine will say). In a filter
// the translated source is added, as the path may be meant for one in a container, too.
std::optional<std::string> translate_paths(
    names_paths what,
    std::string_view body,
    const path_translation& translate,
    config::path_dialect dialect = config::path_dialect::posix
);

}  // namespace proxy
