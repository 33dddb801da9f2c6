// Files from elsewhere, fetched by curl: whole, and with the sha256 that was asked for, or not at
// all.
#pragma once

#include "vmctl/storage_error.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace vmctl {

struct download_progress {
    std::uint64_t received = 0;  // bytes, those of a former try included
    std::uint64_t whole = 0;     // 0: the server has not said
    bool operator==(const download_progress&) const = default;
};

// Blocking. `url` begins with http:// or https://, and curl's own variables (https_proxy, …) count.
// What has come of a download that broke off stays beside `target`, in a file whose name ends with
// ".partial", and the next one goes on from there. `report` is called several times a second; what
// it throws ends the download and is thrown. `holds` is as of tool_call. Throws storage_error.
void download(
    const std::string& url,
    const std::filesystem::path& target,
    const std::string& sha256,
    const std::function<void(download_progress)>& report,
    int holds = -1
);

// `url` without the password that may be in it.
std::string without_password(const std::string& url);

}  // namespace vmctl
