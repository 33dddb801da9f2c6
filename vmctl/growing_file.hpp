// Reads what is appended to a file that another program writes: the guest's serial log.
#pragma once

#include <filesystem>
#include <string>

namespace vmctl {

class growing_file {
public:
    explicit growing_file(std::filesystem::path path) : path_(std::move(path)) {}

    // What has come since the last call, from the start when the file has become shorter than what
    // was read: it was begun anew. Empty when there is nothing new or no file. Never throws for
    // I/O.
    std::string read_new();

private:
    std::filesystem::path path_;
    std::streamoff offset_ = 0;
};

}  // namespace vmctl
