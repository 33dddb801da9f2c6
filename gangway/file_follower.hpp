// Reads a log file that another process writes, from its start, through truncation (the VM starts
// again) and replacement (the file is rotated). One source file a platform.
#pragma once

#include <filesystem>
#include <string>

namespace gangway {

class file_follower {
public:
    explicit file_follower(std::filesystem::path file) : file_(std::move(file)) {}

    ~file_follower();
    file_follower(const file_follower&) = delete;
    file_follower& operator=(const file_follower&) = delete;

    // The next bytes, at most 64 KiB; empty when nothing was written since the last call. A file
    // that does not exist has nothing yet. Throws failure when it cannot be read.
    std::string read_more();

    // Whether there has been a file.
    bool found() const { return found_; }

private:
    void open();
    void close();
    std::string read_some();

    std::filesystem::path file_;
    int descriptor_ = -1;
    bool found_ = false;
};

}  // namespace gangway
