// Runs the external programs that make and edit the data disk and the ssh keys, and that fetch and
// unpack images: mke2fs, debugfs, e2fsck, resize2fs, ssh-keygen, curl, bsdtar; and VBoxManage.
// Blocking; no shell.
#pragma once

#include "vmctl/storage_error.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vmctl {

struct tool_call {
    std::string program;  // a name, looked up in PATH, /usr/sbin and /sbin; or an absolute path
    std::vector<std::string> arguments;
    std::filesystem::path directory;  // where it runs; empty: where we run
    // On POSIX the one descriptor of ours the tool inherits, so that a lock behind it lasts until
    // the tool has ended even if we are killed. -1: none.
    int holds = -1;
    // Called several times a second while the tool runs. What it throws ends the tool, and is
    // thrown by run_tool() then.
    std::function<void()> meanwhile = {};
};

struct tool_result {
    int exit_code = 0;  // 128 + N when signal N ended it, as a shell says
    std::string output;
    std::string errors;
};

// Runs the tool to its end, with an empty standard input and messages in English. Throws
// storage_error when it did not run; a tool that ran and failed is a result.
tool_result run_tool(const tool_call& call);

// "install e2fsprogs (apt install e2fsprogs)": how to come by a tool that is missing.
std::string install_advice_for(const std::string& program);

// A failed run in one line for a message: "mke2fs: No space left on device while …".
std::string failure_of(const tool_call& call, const tool_result& result);

}  // namespace vmctl
