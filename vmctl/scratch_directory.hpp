// A private directory for what is being made, which is gone at the end. What an earlier process
// left there when it was killed goes with the first use.
#pragma once

#include "vmctl/private_file.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace vmctl {

class scratch_directory {
public:
    explicit scratch_directory(std::filesystem::path directory) : directory_(std::move(directory))
    {
        std::filesystem::remove_all(directory_);
        make_private_directory(directory_);
    }

    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    ~scratch_directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    const std::filesystem::path& name() const { return directory_; }

private:
    std::filesystem::path directory_;
};

}  // namespace vmctl
