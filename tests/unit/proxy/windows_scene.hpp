// The shares of a machine that runs Windows, and requests that name what is on its disk.
#pragma once

#include "proxy/bind_request.hpp"
#include "proxy/bind_rules.hpp"
#include "windows_disk.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

inline proxy::bind_rules windows_rules()
{
    std::vector<config::share> shares;
    for (const auto& [path, writable] : std::vector<std::pair<std::string, bool>>{
             {R"(C:\users\me)", true},
             {R"(C:\Users\Me\Src\Archive)", false},
             {R"(D:\)", false},
             {R"(D:\Moved)", true},
         })
        shares.push_back(config::placed_in_guest({path, writable}));
    return {
        std::move(shares),
        {"//./pipe/gangway", R"(C:\Users\Me\docker.sock)"},
        [disk = windows_disk()](const std::string& path) { return disk.real(path); },
        config::path_dialect::windows};
}

// "@" stands for the path, already quoted.
inline std::string with_path(std::string body, const std::string& path)
{
    const auto quoted = nlohmann::json(path).dump();
    const auto inner = quoted.substr(1, quoted.size() - 2);
    for (auto at = body.find('@'); at != std::string::npos; at = body.find('@', at + inner.size()))
        body.replace(at, 1, inner);
    return body;
}

inline proxy::path_translation translation_by(const proxy::bind_rules& rules)
{
    return [&rules](const std::string& source, proxy::missing_source) {
        return rules.translate(source);
    };
}
