// Paths in the engine's answers, as the client knows them. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// The body of an answer with each text that begins like a path given to `restore`, wherever it
// stands, and no other byte changed: what names a path of the engine's machine that is another one
// here cannot be mistaken (config/share.cpp). Nothing: it stays as it is, because no text changes
// or because it is no JSON.
std::optional<std::string> restore_paths(
    std::string_view body, const std::function<std::string(const std::string&)>& restore
);

}  // namespace proxy
