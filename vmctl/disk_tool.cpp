// What is said of external tools, whatever runs them.
#include "vmctl/disk_tool.hpp"

#include "config/install_advice.hpp"

#include <map>
#include <string_view>

namespace vmctl {

std::string install_advice_for(const std::string& program)
{
    static const std::map<std::string_view, std::string_view> packages = {
        {"mke2fs", "e2fsprogs"},
        {"debugfs", "e2fsprogs"},
        {"e2fsck", "e2fsprogs"},
        {"resize2fs", "e2fsprogs"},
        {"ssh-keygen", "openssh-client"},
        {"curl", "curl"},
        {"bsdtar", "libarchive-tools"},
    };
    const auto package = packages.find(std::string_view(program).substr(program.rfind('/') + 1));
    if (package == packages.end()) return "install it";
    return config::install_advice(std::string(package->second));
}

std::string failure_of(const tool_call& call, const tool_result& result)
{
    // The last line of what these tools say is the conclusion.
    auto text = result.errors.empty() ? result.output : result.errors;
    while (!text.empty() && std::string_view(" \r\n\t").find(text.back()) != std::string_view::npos)
        text.pop_back();
    text.erase(0, text.rfind('\n') + 1);
    if (result.exit_code > 128)
        text = "ended by signal " + std::to_string(result.exit_code - 128) +
               (text.empty() ? "" : " after: " + text);
    if (text.empty()) text = "failed with exit status " + std::to_string(result.exit_code);
    if (text.starts_with(call.program + ":")) return text;
    return call.program + ": " + text;
}

}  // namespace vmctl
