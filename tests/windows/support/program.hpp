// Programs of Windows that a test starts, and their output.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace windows_support {

// A new directory, gone with this.
class scratch_directory {
public:
    scratch_directory();
    ~scratch_directory();
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// Started with its output, both kinds, in a file. Ended with this, if it has not ended.
class program {
public:
    // `words` begin with the program's path.
    program(const std::vector<std::string>& words, const std::filesystem::path& output);
    ~program();
    program(const program&) = delete;
    program& operator=(const program&) = delete;

    // What it has written so far.
    std::string said() const;

    unsigned long process_id() const;

    // As Ctrl-Break on its console.
    void press_break() const;

    // Its exit status, when it ends within half a minute; else throws.
    int wait() const;

    // Whether it writes `text` before it ends, or half a minute passes.
    bool says(const std::string& text) const;

private:
    struct handles;
    std::unique_ptr<handles> handles_;
    std::filesystem::path output_;
};

struct outcome {
    int status = 0;
    std::string said;
};

// From its start to its end.
outcome run(const std::vector<std::string>& words);

}  // namespace windows_support
